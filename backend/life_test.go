package backend_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"handover/backend/api"
	"handover/backend/order"
)

// Whatever both sides do, and whenever the server is restarted and its clock
// set: it answers as the rules say, its log is the history of what it stores,
// and a stream that is cut and resumed misses nothing and doubles nothing.
func TestLives(t *testing.T) {
	few(t, "10")
	house := keepHouse(t)
	rapid.Check(t, func(t *rapid.T) {
		w := begin(t, house, func(dir string) host { return &inside{dir: dir} })
		w.live(map[string]func(){"restart": w.restart})
	})
}

// The same with a server that is killed, also in the middle of an action: what
// it has answered stays, and what it has not is done whole or not at all.
func TestLivesOfAKilledServer(t *testing.T) {
	few(t, "2")
	house := keepHouse(t)
	rapid.Check(t, func(t *rapid.T) {
		w := begin(t, house, func(dir string) host { return &process{dir: dir} })
		w.live(map[string]func(){"kill": w.killed, "kill in an action": w.killedInAnAction})
	})
}

// few sets how many random lives there are, unless the command line does.
func few(t *testing.T, checks string) {
	f := flag.Lookup("rapid.checks")
	before, set := f.Value.String(), false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "rapid.checks" })
	if set {
		return
	}
	if err := f.Value.Set(checks); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Value.Set(before) })
}

func begin(t *rapid.T, house household, on func(dir string) host) *world {
	dir, err := os.MkdirTemp(inMemory(), "life")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir); os.Remove(dir + ".clock") })
	if err := os.CopyFS(dir, os.DirFS(house.dir)); err != nil {
		t.Fatal(err)
	}
	if house.database != "" {
		if err := os.WriteFile(filepath.Join(dir, addressFile), []byte(cluster.Copy(t, house.database)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if house.storage != nil {
		if err := os.WriteFile(filepath.Join(dir, bucketFile), []byte(house.storage.Bucket(t).Address()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	transport := &http.Transport{}
	w := &world{
		T: t, host: on(dir), house: house, policy: order.DefaultPolicy(), now: lifeBegins,
		client: &http.Client{Transport: transport},
	}
	w.dir = dir
	w.set(w.now)
	w.open()
	t.Cleanup(func() {
		w.cut()
		transport.CloseIdleConnections()
		if w.address != "" {
			w.stop()
		}
	})
	far := time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC)
	w.place(house.sellers[0], far) // the bell
	w.place(house.sellers[0], far) // the sentinel
	w.place(house.sellers[0], w.soon())
	w.place(house.sellers[rapid.IntRange(0, 1).Draw(t, "seller")], w.soon())
	w.streams = []*stream{{}, {of: w.orders[firstOrder]}}
	w.listen()
	return w
}

// inMemory is a folder that costs nothing to sync, where there is one: a killed
// process leaves behind there what it leaves on a disk.
func inMemory() string {
	const shm = "/dev/shm"
	if d, err := os.Stat(shm); err == nil && d.IsDir() {
		return shm
	}
	return ""
}

func (w *world) open() {
	address, err := w.start()
	if err != nil {
		w.Fatalf("start at %s: %v", w.now, err)
	}
	w.address = address
}

// live is a random life and the checks at its end. outages are the ways in
// which the server goes down.
func (w *world) live(outages map[string]func()) {
	acts := map[string]func(){
		"act": w.act, "act more": w.act, "deliver": w.deliver, "look": w.look, "download": w.download, "link": w.link, "stranger": w.stranger,
		"again": w.again, "old link": w.oldLink, "place": func() { w.place(w.house.sellers[0], w.soon()) },
	}
	names := make([]string, 0, len(acts))
	for name := range acts {
		names = append(names, name)
	}
	slices.Sort(names)
	ways := make([]string, 0, len(outages))
	for name := range outages {
		ways = append(ways, name)
	}
	slices.Sort(ways)
	for range rapid.IntRange(5, 40).Draw(w.T, "steps") {
		w.listen()
		if to, ok := w.wait(); ok {
			w.jump(to)
			acts[rapid.SampledFrom(names).Draw(w.T, "on time")]() // against the deadlines
			w.settle()
		}
		if rapid.IntRange(0, 14).Draw(w.T, "outage") == 0 {
			outages[rapid.SampledFrom(ways).Draw(w.T, "way")]()
		}
		acts[rapid.SampledFrom(names).Draw(w.T, "what")]()
		w.await()
	}
	w.finish()
}

// wait draws what the clock is set to, and whether it is at all.
func (w *world) wait() (time.Time, bool) {
	switch rapid.IntRange(0, 5).Draw(w.T, "clock") {
	case 0, 1:
		return w.now, false
	case 2: // back
		return w.now.Add(-time.Duration(rapid.Int64Range(1, int64(50*time.Hour)).Draw(w.T, "back"))), true
	case 3: // close to the next deadline
		next := w.now
		for _, l := range w.orders[firstOrder:] {
			if due := l.NextDeadline(); due.After(w.now) && (next.Equal(w.now) || due.Before(next)) {
				next = due
			}
		}
		to := next.Add(time.Duration(rapid.IntRange(-1, 1).Draw(w.T, "nanoseconds off")))
		return to, to.After(w.now)
	default:
		return w.now.Add(time.Duration(rapid.Int64Range(1, int64(90*time.Hour)).Draw(w.T, "wait"))), true
	}
}

// listen cuts streams, and resumes those that have ended.
func (w *world) listen() {
	for i, s := range w.streams {
		bytes := rapid.SampledFrom([]int64{100, 350, 1_000, 5_000, math.MaxInt64}).Draw(w.T, fmt.Sprint("bytes of stream ", i))
		if s.end != nil && !rapid.Bool().Draw(w.T, fmt.Sprint("cut stream ", i)) && !s.ended() {
			continue
		}
		w.resume(s, bytes)
	}
}

func (w *world) resume(s *stream, bytes int64) {
	if s.end != nil {
		s.cut()
	}
	token := w.house.sellers[0].token
	if s.of != nil {
		token = s.of.buyer
	}
	s.connect(w.client, w.address, token, bytes)
}

func (w *world) cut() {
	for _, s := range w.streams {
		if s.end != nil {
			s.cut()
		}
	}
}

// restart stops the server for a while.
func (w *world) restart() {
	w.outage(w.stop)
}

func (w *world) outage(down func() error) {
	to := w.now.Add(time.Duration(rapid.Int64Range(0, int64(200*time.Hour)).Draw(w.T, "outage of")))
	w.arm(to)
	if err := down(); err != nil {
		w.Fatalf("stop at %s: %v", w.now, err)
	}
	w.address, w.now = "", to
	w.set(to)
	w.open()
	w.settle()
}

// soon is a due date close enough to be reminded of.
func (w *world) soon() time.Time {
	return w.now.Add(time.Duration(rapid.Int64Range(0, int64(300*time.Hour)).Draw(w.T, "due")))
}

// any is an order that the parties act on.
func (w *world) any() *lived {
	return w.orders[firstOrder:][rapid.IntRange(0, len(w.orders)-firstOrder-1).Draw(w.T, "order")]
}

// place places an order, and again with the same key, as whoever lost the
// answer does.
func (w *world) place(s account, due time.Time) {
	if len(w.orders) > 5 {
		return
	}
	n := api.NewOrder{
		Title: "Film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: due, Price: &api.Price{Amount: "120.50", Currency: "EUR"}, Notes: "private",
	}
	raw, _ := json.Marshal(n)
	w.keys++
	r := request{method: "POST", path: "/api/v1/orders", as: s.token, body: string(raw), header: []string{idempotencyField, fmt.Sprint(w.keys)}}
	var placed, again api.PlacedOrder
	w.decode(r, w.must(r), &placed)
	o, e, err := order.Place(order.Order{
		ID: placed.ID, SellerID: s.id, Title: n.Title, Buyer: n.Buyer, DueAt: due, Notes: n.Notes, Price: order.Money{Hundredths: 12050, Currency: "EUR"},
	}, w.now)
	if err != nil {
		w.Fatal(err)
	}
	terms := order.Order{ID: o.ID, SellerID: s.id, Title: o.Title, Buyer: o.Buyer, Price: o.Price, DueAt: o.DueAt}
	o.ReviewGeneration = 1
	w.orders = append(w.orders, &lived{
		Order: o, terms: terms, seller: s, log: []order.Event{e}, answered: map[string]string{}, version: 1,
		buyer: placed.ReviewURL[strings.LastIndexByte(placed.ReviewURL, '/')+1:],
	})
	w.decode(r, w.must(r), &again)
	if again.ID != placed.ID || again.ReviewURL != placed.ReviewURL {
		w.Fatalf("placed again with the same key: %s and %s", placed.ID, again.ID)
	}
	r.body = strings.Replace(r.body, "Film", "Other", 1)
	if a := w.must(r); a.problem.Code != string(order.Exists) {
		w.Fatalf("another order with the same key: %d %s", a.status, a.raw)
	}
	w.await()
}
