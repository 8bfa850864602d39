package backend_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// strain is two servers at work while their database is disturbed: orders are
// placed, messages written, files uploaded and delivered, work accepted, reviews
// end, mails and webhooks go out. Whoever is refused asks again, as programs do.
type strain struct {
	*testing.T
	nodes  [2]*site
	world  *outsideWorld
	did    chan struct{} // something was done
	work   sync.WaitGroup
	ending []placed // their reviews end meanwhile
	due    time.Time
}

const (
	strainOrders  = 40
	strainTexts   = 40
	strainUploads = 6
	strainAccepts = 10
	// strainParts is how many requests one upload takes.
	strainParts = 8
	part        = 16 << 10
)

func newStrain(t *testing.T, database string) *strain {
	t.Helper()
	s := &strain{T: t, world: outside(t), did: make(chan struct{}, 1<<14)}
	s.world.hooks, s.world.mails = make(chan string, 4096), make(chan sentMail, 4096)
	a, b := nodesOn(t, database, func(c *backend.Config) {
		c.Notices = backend.Notices{SMTP: s.world.smtp, MailFrom: "handover@example.org", WebhookURL: s.world.hook, WebhookSecret: noticesSecret}
	})
	a.recordsOnly = false // all files are sent to this one
	s.nodes = [2]*site{a, b}
	for range 6 {
		s.ending = append(s.ending, a.order(delivered))
	}
	s.due = a.clock.Now().Add(order.DefaultPolicy().ReviewPeriod)
	return s
}

// insist sends a request to the two servers in turn until it is answered with
// anything but that the database is away.
func (s *strain) insist(r request) answer {
	for i := rand.IntN(2); ; i++ {
		a := s.nodes[i%2].send(r)
		if a.StatusCode != http.StatusServiceUnavailable {
			return a
		}
		if s.wait() {
			s.Fatalf("%s %s: %s", r.method, r.path, a.Status)
		}
	}
}

// wait lets the database come back; it reports whether the test has ended.
func (s *strain) wait() bool {
	select {
	case <-s.Context().Done():
		return true
	case <-time.After(5 * time.Millisecond): // another process is on the other side
		return false
	}
}

// done demands that something was done.
func (s *strain) done(a answer) {
	if a.StatusCode >= 300 {
		s.Errorf("%s %s: %s %s", a.method, a.path, a.Status, a.raw)
	}
	s.did <- struct{}{}
}

// begin starts the work. all is closed once it is done.
func (s *strain) begin() (all <-chan struct{}) {
	a := s.nodes[0]
	talk := a.order(active)
	var films, reviewed []placed
	for range strainUploads {
		films = append(films, a.order(active))
	}
	for range strainAccepts {
		reviewed = append(reviewed, a.order(delivered))
	}
	s.work.Go(func() { s.place() })
	s.work.Go(func() { s.talk(talk) })
	for i, p := range films {
		s.work.Go(func() { s.send(p, strings.Repeat(fmt.Sprintf("film %d ", i), part*strainParts/7+1)[:part*strainParts]) })
	}
	for _, p := range reviewed {
		s.work.Go(func() { s.accept(p) })
	}
	ended := make(chan struct{})
	go func() {
		s.work.Wait()
		close(ended)
	}()
	s.Cleanup(func() { <-ended })
	return ended
}

// progress waits until so much more was done, or all of it.
func (s *strain) progress(n int, all <-chan struct{}) {
	for range n {
		select {
		case <-s.did:
		case <-all:
		}
	}
}

// place places orders, each by a key of its own.
func (s *strain) place() {
	for i := range strainOrders {
		body := fmt.Sprintf(`{"title":"Placed %d","buyer":{"name":"Bea","email":"bea@example.org"},"due_at":"2026-05-01T12:00:00Z"}`, i)
		s.done(s.insist(request{method: "POST", path: "/api/v1/orders", as: s.nodes[0].eva, body: body, header: []string{idempotencyField, fmt.Sprint("place ", i)}}))
	}
}

// texts returns the messages of an order, in order.
func (s *strain) texts(p placed) (texts []string) {
	page := into[api.EventPage](s.nodes[0], s.insist(request{method: "GET", path: p.path("/events?limit=500"), as: s.nodes[0].eva}))
	for _, e := range page.Events {
		if e.Type == order.MessageWritten {
			texts = append(texts, e.Message)
		}
	}
	return texts
}

// talk writes messages. They have no key: whoever is refused looks first.
func (s *strain) talk(p placed) {
	for i := range strainTexts {
		text := fmt.Sprint("message ", i)
		for !slices.Contains(s.texts(p), text) {
			a := s.nodes[i%2].send(request{method: "POST", path: p.path("/messages"), as: p.buyer, body: `{"message":"` + text + `"}`})
			if a.StatusCode != http.StatusServiceUnavailable {
				s.done(a)
			} else if s.wait() {
				return
			}
		}
	}
}

func (s *strain) accept(p placed) {
	a := s.insist(request{method: "POST", path: p.path("/accept"), as: p.buyer})
	if a.StatusCode == http.StatusConflict { // the first time was not in vain
		a.StatusCode = http.StatusOK
	}
	s.done(a)
}

// send uploads a file in parts, delivers it, and downloads it again.
func (s *strain) send(p placed, text string) {
	a := s.nodes[0]
	encode := base64.StdEncoding.EncodeToString
	made := s.onFirst(request{method: "POST", path: "/uploads/", as: a.eva, header: []string{
		"Tus-Resumable", "1.0.0", "Upload-Length", fmt.Sprint(len(text)),
		"Upload-Metadata", "order " + encode([]byte(p.id)) + ",path " + encode([]byte(deliveredPath)),
	}})
	location := made.Header.Get("Location")
	for at := 0; at < len(text); {
		err := s.patch(location, text[at:min(at+part, len(text))], at)
		head := s.onFirst(request{method: "HEAD", path: location, as: a.eva, header: []string{"Tus-Resumable", "1.0.0"}})
		next, wrong := strconv.Atoi(head.Header.Get("Upload-Offset"))
		if wrong != nil || next < at || err == nil && next == at {
			s.Errorf("the upload is at %q after %d, %v", head.Header.Get("Upload-Offset"), at, err)
			return
		}
		at = next
		s.did <- struct{}{}
	}
	f := fileAt(location, deliveredPath, text)
	s.done(s.insist(request{method: "POST", path: p.path(deliverRoute), as: a.eva, body: delivery(f), header: []string{idempotencyField, "deliver"}}))
	if got := s.onFirst(request{method: "GET", path: p.path("/deliveries/1/files/" + f.ID), as: a.eva}); string(got.raw) != text {
		s.Errorf("the file has arrived as %d other bytes, %s", len(got.raw), got.Status)
	}
}

// onFirst sends a request to the server that has the files until it succeeds.
func (s *strain) onFirst(r request) answer {
	for {
		a := s.nodes[0].send(r)
		if a.StatusCode < 300 {
			return a
		}
		if a.StatusCode != http.StatusServiceUnavailable && a.StatusCode != http.StatusLocked || s.wait() {
			s.Fatalf("%s %s: %s %s", r.method, r.path, a.Status, a.raw)
		}
	}
}

// patch sends a part. A server that gives up in the middle may cut it short.
func (s *strain) patch(location, text string, at int) error {
	a := s.nodes[0]
	r, err := http.NewRequestWithContext(s.Context(), http.MethodPatch, a.address+location, strings.NewReader(text))
	if err != nil {
		return err
	}
	for k, v := range map[string]string{
		"Tus-Resumable": "1.0.0", "Upload-Offset": fmt.Sprint(at), "Content-Type": "application/offset+octet-stream", "Authorization": "Bearer " + a.eva,
	} {
		r.Header.Set(k, v)
	}
	resp, err := a.client.Do(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode != http.StatusNoContent {
		err = errors.Join(err, errors.New(resp.Status))
	}
	return errors.Join(err, resp.Body.Close())
}

// letTimePass has the reviews end that began before the work.
func (s *strain) letTimePass() { s.nodes[0].clock.pass(order.DefaultPolicy().ReviewPeriod) }

// verify holds what is there against what was done.
func (s *strain) verify() {
	a := s.nodes[0]
	a.order(active) // whose event has both servers look at the clock
	for _, p := range s.ending {
		for s.nodes[1].look(p).Status != order.Completed {
			if s.wait() {
				s.Fatal("a deadline was forgotten")
			}
		}
	}
	titles := map[string]int{}
	for _, o := range s.orders() {
		titles[o.Title]++
		s.once(o, s.events(o))
	}
	for i := range strainOrders {
		if n := titles[fmt.Sprint("Placed ", i)]; n != 1 {
			s.Errorf("the order %d is there %d times", i, n)
		}
	}
	s.sent()
}

func (s *strain) orders() []api.Order {
	a := s.nodes[0]
	c, err := api.NewClient(a.address, a.eva, a.client.Transport)
	if err != nil {
		s.Fatal(err)
	}
	orders, err := c.Orders(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return orders
}

func (s *strain) events(o api.Order) []order.Event {
	a := s.nodes[0]
	return into[api.EventPage](a, a.send(request{method: "GET", path: "/api/v1/orders/" + o.ID + "/events?limit=500", as: a.eva})).Events
}

// once demands that nothing of an order happened twice.
func (s *strain) once(o api.Order, events []order.Event) {
	s.Helper()
	var texts []string
	times := map[order.EventType]int{}
	for _, e := range events {
		times[e.Type]++
		if e.Type == order.MessageWritten {
			texts = append(texts, e.Message)
		}
		if e.Type == order.OrderCompleted && e.By == order.Clock && !e.At.Equal(s.due) {
			s.Errorf("order %s was completed at %s, not at %s", o.ID, e.At, s.due)
		}
	}
	for _, kind := range []order.EventType{order.OrderPlaced, order.WorkDelivered, order.OrderCompleted} {
		if times[kind] > 1 {
			s.Errorf("order %s: %d times %s", o.ID, times[kind], kind)
		}
	}
	if times[order.WorkDelivered] != len(o.Deliveries) || (o.Status == order.Completed) != (times[order.OrderCompleted] == 1) {
		s.Errorf("order %s is %s with %d deliveries; its events are %v", o.ID, o.Status, len(o.Deliveries), times)
	}
	if len(texts) == 0 {
		return
	}
	for i := range strainTexts {
		if i >= len(texts) || texts[i] != fmt.Sprint("message ", i) || len(texts) != strainTexts {
			s.Fatalf("the messages are %q", texts)
		}
	}
}

// sent demands that everybody is told of everything: a webhook for each event,
// a mail for each order that was placed, and nothing is left. What was on its
// way while the database was cut off may come twice, under the same ID.
func (s *strain) sent() {
	hooks, links, twice := map[string]bool{}, map[string]bool{}, 0
	for deadline := time.Now().Add(tooLong); ; s.wait() {
		for len(s.world.hooks) > 0 {
			id := <-s.world.hooks
			if hooks[id] {
				twice++
			}
			hooks[id] = true
		}
		// The clock may have something happen until now.
		events := 0
		for _, o := range s.orders() {
			events += len(s.events(o))
		}
		if len(hooks) == events {
			s.Logf("%d events, %d webhooks came twice", events, twice)
			break
		}
		if time.Now().After(deadline) {
			s.Fatalf("%d events, and webhooks of %d", events, len(hooks))
		}
	}
	for placed := len(s.orders()); len(links) < placed; {
		_, rest, _ := strings.Cut(outsideGot(s.T, s.world.mails).text, "/review/")
		token, _, found := strings.Cut(rest, "\r")
		if found {
			links[token] = true
		}
	}
	for _, channel := range []string{backend.Mail, backend.Webhook} {
		for deadline := time.Now().Add(tooLong); ; s.wait() {
			left, err := s.nodes[1].Outbox(s.Context(), channel, false)
			if err != nil || len(left) > 0 && time.Now().After(deadline) {
				s.Fatalf("the outbox of %s: %+v, %v", channel, left, err)
			}
			if len(left) == 0 {
				break
			}
		}
	}
}
