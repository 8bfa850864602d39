package desk_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"handover/app/internal/change"
	"handover/app/internal/desk"
	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// After sleep the connections may be dead without a word. The desk says so
// soon, and that the server is back as soon.
func TestLookAfterSleep(t *testing.T) {
	server, err := backend.StartLocal(backend.Config{Dir: t.TempDir(), Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close(t.Context())
	seller := api.NewUser{Email: "eva@example.org", Name: "Eva", Password: "a long password"}
	if _, err := server.AddUser(t.Context(), seller); err != nil {
		t.Fatal(err)
	}
	line := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "line", "127.0.0.1:0", strings.TrimPrefix(server.URL(), "http://"))
	if err := line.Start(); err != nil {
		t.Fatal(err)
	}
	defer line.Stop()

	states := make(chan struct{}, 1000)
	d, err := desk.Open(desk.Options{
		Home: t.TempDir(), Parallel: 1, Background: true, Log: slog.New(slog.DiscardHandler),
		Listen: func(c change.Change) {
			if c.Kind == change.State {
				states <- struct{}{}
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Session.SignIn(t.Context(), "http://"+line.Listen, seller.Email, seller.Password, false); err != nil {
		t.Fatal(err)
	}
	until := func(want bool) {
		for _, online := d.Session.Current(); online != want; _, online = d.Session.Current() {
			<-states
		}
	}
	until(true)
	for range 2 {
		for _, way := range []string{"upstream", "downstream"} {
			add(t, line, toxic{"timeout", way, map[string]any{"timeout": 0}, 0}) // nothing passes, nothing ends
		}
		d.Session.Probe()
		until(false)
		for _, way := range []string{"upstream", "downstream"} {
			if err := line.Toxics.RemoveToxic(t.Context(), "timeout"+way); err != nil {
				t.Fatal(err)
			}
		}
		d.Session.Probe()
		until(true)
	}
}
