package desk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
)

// toxic is a fault of the network between the desk and the server.
type toxic struct {
	kind, stream string
	attributes   map[string]any
	// heals says after how many connections the fault goes away; 0 for never.
	heals int
}

// newProxy puts a proxy with faults in front of the line.
func newProxy(t *testing.T, s *seller) *toxiproxy.Proxy {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := toxiproxy.NewProxy(server, "line", "127.0.0.1:0", strings.TrimPrefix(s.line.URL, "http://"))
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	s.at = "http://" + p.Listen
	return p
}

func add(t *testing.T, p *toxiproxy.Proxy, x toxic) {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"name": x.kind + x.stream, "type": x.kind, "stream": x.stream, "attributes": x.attributes})
	if err == nil {
		_, err = p.Toxics.AddToxicJson(strings.NewReader(string(raw)))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever the network does, what is delivered is what the seller had.
func TestFaultsOfTheNetwork(t *testing.T) {
	type attributes = map[string]any
	for name, toxics := range map[string][]toxic{
		"latency":                    {{"latency", "upstream", attributes{"latency": 60, "jitter": 20}, 0}, {"latency", "downstream", attributes{"latency": 60}, 0}},
		"connections that break off": {{"limit_data", "upstream", attributes{"bytes": 700_000}, 0}},
		"answers that break off":     {{"limit_data", "downstream", attributes{"bytes": 30}, 4}},
		"resets":                     {{"reset_peer", "upstream", attributes{"timeout": 50}, 4}},
		"resets of answers":          {{"reset_peer", "downstream", attributes{"timeout": 50}, 4}},
		"slow to close":              {{"slow_close", "downstream", attributes{"delay": 500}, 0}},
		"half open":                  {{"timeout", "upstream", attributes{"timeout": 0}, 4}},
		"half open, the other way":   {{"timeout", "downstream", attributes{"timeout": 0}, 4}},
		"narrow":                     {{"bandwidth", "upstream", attributes{"rate": 1500}, 0}},
		"in small slices":            {{"slicer", "upstream", attributes{"average_size": 900, "size_variation": 400, "delay": 10}, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSeller(t)
			p := newProxy(t, s)
			d := s.open(t, background, func(o *desk.Options) { o.StallTimeout = 700 * time.Millisecond })
			if _, err := d.Describe(s.order, "Through the storm."); err != nil {
				t.Fatal(err)
			}
			if err := d.Uploads.Pause("", ""); err != nil {
				t.Fatal(err)
			}
			want := map[string]string{}
			for n := range 6 {
				name := fmt.Sprintf("%d.bin", n)
				var path string
				path, want[name] = s.file(t, name, []int{0, 5000, 40_000, 600_000, 1_200_000, 2_500_000}[n])
				s.attach(t, d, path)
			}
			before := s.line.connections()
			for _, x := range toxics {
				add(t, p, x)
			}
			if err := d.Uploads.Resume("", ""); err != nil {
				t.Fatal(err)
			}
			until(t, "all arrived", func() bool {
				heal(t, p, toxics, s.line.connections()-before)
				dr, err := d.Draft(s.order)
				if err != nil {
					t.Fatal(err)
				}
				arrived := true
				for _, f := range dr.Files {
					if f.State == draft.Problem {
						t.Fatalf("%s: %+v", f.Path, f.Fault)
					}
					arrived = arrived && f.State == draft.Verified
				}
				return arrived
			})
			if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, s.downloaded(t, 1)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// heal removes the faults whose time has come.
func heal(t *testing.T, p *toxiproxy.Proxy, toxics []toxic, connections int) {
	t.Helper()
	for _, x := range toxics {
		name := x.kind + x.stream
		if x.heals == 0 || connections < x.heals || p.Toxics.GetToxic(name) == nil {
			continue
		}
		if err := p.Toxics.RemoveToxic(context.Background(), name); err != nil {
			t.Error(err)
		}
	}
}
