package backend_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

// stock puts orders of the first seller straight into a store that no server
// has open, and returns them: each is delivered, with a review that ends at
// the given time, or active when that is zero.
func stock(t testing.TB, dir string, house household, n int, ends func(i int) time.Time) []order.Order {
	t.Helper()
	s, err := bolt.Open(filepath.Join(dir, "handover.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	policy := order.DefaultPolicy()
	var stored []order.Order
	var batch []store.NewOrder
	for i := range n {
		placed := lifeBegins.Add(-time.Duration(i) * time.Minute)
		end := ends(i)
		if !end.IsZero() {
			placed = end.Add(-policy.ReviewPeriod)
		}
		o, e, err := order.Place(order.Order{
			ID: fmt.Sprintf("o%07d", i), SellerID: house.sellers[0].id, Title: fmt.Sprintf("Film %d", i),
			Buyer: order.Contact{Name: fmt.Sprintf("Client %d", i%700), Email: "client@example.org"}, DueAt: lifeBegins.Add(time.Duration(i*7919%20_000) * time.Hour),
		}, placed)
		if err == nil && !end.IsZero() {
			// The log begins with the delivery: an event less to write for each.
			var events []order.Event
			events, err = o.Apply(order.Command{Action: order.Deliver, By: order.Seller, Work: order.Work{
				Description: "It", Links: []order.Link{{URL: "https://example.org/film"}}, Seller: "Eva", Server: lifeURL,
			}}, placed, policy)
			e = events[len(events)-1]
		}
		if err != nil {
			t.Fatal(err)
		}
		o.ReviewGeneration = 1
		batch = append(batch, store.NewOrder{Order: o, Event: e, ReviewHash: "hash of " + o.ID})
		if len(batch) < 5_000 && i < n-1 {
			continue
		}
		done, err := s.Orders.PlaceAll(context.Background(), store.Placement{Orders: batch})
		if err != nil {
			t.Fatal(err)
		}
		stored, batch = append(stored, done...), nil
	}
	return stored
}

// copied is a copy of a folder in another.
func copied(t testing.TB, from, in string) string {
	t.Helper()
	to, err := os.MkdirTemp(in, "handover")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(to) })
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// visit is a running server with somebody who asks it.
type visit struct {
	testing.TB
	*backend.Server
	client  *http.Client
	address string
	eva     *api.Client
}

func goThere(t testing.TB, dir string, house household, now func() time.Time) *visit {
	t.Helper()
	server, address, err := startLife(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	eva, err := api.NewClient(address, house.sellers[0].token, transport)
	if err != nil {
		t.Fatal(err)
	}
	return &visit{t, server, &http.Client{Transport: transport}, address, eva}
}

func (v *visit) leave() {
	v.Helper()
	v.client.CloseIdleConnections()
	if err := v.Close(context.Background()); err != nil {
		v.Error(err)
	}
}

func (v *visit) isReady() {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), "GET", v.address+"/readyz", nil)
	if err != nil {
		v.Fatal(err)
	}
	resp, err := v.client.Do(r)
	if err != nil {
		v.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		v.Fatalf("ready: %s", resp.Status)
	}
}

func report(b *testing.B, name string, took []time.Duration) {
	slices.Sort(took)
	for _, p := range []int{50, 95} {
		b.ReportMetric(float64(took[(len(took)*p+99)/100-1].Microseconds())/1000, fmt.Sprintf("%sp%d-ms", name, p))
	}
}

// BenchmarkAction is one action on one of 10,000 orders of a seller, through
// HTTP: on a disk, and on tmpfs, where it costs nothing to sync.
func BenchmarkAction(b *testing.B) {
	house := keepHouse(b)
	stock(b, house.dir, house, 10_000, func(i int) time.Time {
		if i%10 > 0 {
			return time.Time{}
		}
		return lifeBegins.Add(time.Duration(i+1) * time.Hour)
	})
	now := func() time.Time { return lifeBegins }
	for _, on := range []struct{ name, dir string }{{"disk", ""}, {"tmpfs", inMemory()}} {
		v := goThere(b, copied(b, house.dir, on.dir), house, now)
		acts := map[string]func(i int) error{
			"message": func(i int) error {
				_, err := v.eva.WriteMessage(b.Context(), fmt.Sprintf("o%07d", i*7919%10_000), "How long shall it be?")
				return err
			},
			"change": func(i int) error {
				title := fmt.Sprint("Film, take ", i)
				_, err := v.eva.ChangeOrder(b.Context(), fmt.Sprintf("o%07d", i*10%10_000+1), api.OrderEdit{Title: &title})
				return err
			},
			"deliver": func(i int) error {
				_, err := v.eva.Deliver(b.Context(), fmt.Sprintf("o%07d", i*10%10_000+2), fmt.Sprint("key ", i), api.NewDelivery{
					Description: "It", Links: []order.Link{{URL: "https://example.org/film"}},
				})
				return err
			},
		}
		for _, name := range []string{"message", "change", "deliver"} {
			b.Run(on.name+"/"+name, func(b *testing.B) {
				var took []time.Duration
				for i := 0; b.Loop(); i++ {
					began := time.Now()
					if err := acts[name](i); err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(began))
				}
				report(b, "", took)
			})
		}
		v.leave()
	}
}

// BenchmarkRestart is from opening the data of 100,000 orders to the first
// "ready".
func BenchmarkRestart(b *testing.B) {
	house := keepHouse(b)
	stock(b, house.dir, house, 100_000, func(i int) time.Time {
		if i%2 == 0 {
			return time.Time{}
		}
		return lifeBegins.Add(time.Duration(i+100) * time.Hour)
	})
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		v := goThere(b, house.dir, house, func() time.Time { return lifeBegins })
		v.isReady()
		took = append(took, time.Since(began))
		v.leave()
	}
	report(b, "ready-", took)
}
