package backend_test

import (
	"time"

	"pgregory.net/rapid"

	"handover/backend/api"
	"handover/backend/order"
)

// killed kills the server while it has nothing to do, and starts it later.
func (w *world) killed() { w.outage(w.host.(*process).kill) }

// killedInAnAction kills the server while an action is on its way. Afterwards
// the action has happened or not, as the history says, and has when the server
// answered; the same delivery sent again is made once.
func (w *world) killedInAnAction() {
	w.await()
	delivering := rapid.Bool().Draw(w.T, "delivering")
	t := w.anyAction()
	if delivering {
		l := w.any()
		if w.may(l) {
			w.upload(l, "the last film")
		}
		d := api.NewDelivery{Description: "The film", ConfirmNoFiles: true}
		for _, f := range w.kept(l) {
			d.Files = append(d.Files, api.DeliveredFile{Upload: f.ID, Path: f.Path, Size: f.Size, SHA256: f.SHA256})
		}
		w.keys++
		t = w.delivery(l, order.Seller, "killed "+time.Duration(w.keys).String(), d)
	}
	o := t.on.copied()
	events, refusal := t.decide(&o)
	answer, err := w.sendAndKill(t.request)
	w.open()
	happened := len(w.history(t.on)) > len(t.on.log)
	if err == nil && answer.status < 300 && !happened && len(events) > 0 {
		w.Fatalf("%s %s was answered with %d and is gone", t.method, t.path, answer.status)
	}
	if happened {
		t.happened(o, events, refusal)
	}
	if err == nil {
		w.compareAnswer(t, answer, refusal)
	}
	w.settle()
	if delivering {
		w.perform(t)
	}
}

func (w *world) compareAnswer(t attempt, a reply, refusal error) {
	if (a.status >= 300) != (refusal != nil) {
		w.Fatalf("%s %s is answered with %d %s; want %v", t.method, t.path, a.status, a.raw, refusal)
	}
}

// sendAndKill kills the server a moment after the request began.
func (w *world) sendAndKill(r request) (reply, error) {
	type result struct {
		reply
		error
	}
	sent := make(chan result, 1)
	go func() {
		a, err := w.send(r)
		sent <- result{a, err}
	}()
	// Somewhere in what the server does with it; nothing waits for this.
	time.Sleep(time.Duration(rapid.IntRange(0, 6000).Draw(w.T, "microseconds")) * time.Microsecond)
	if err := w.host.(*process).kill(); err != nil {
		w.Fatal(err)
	}
	got := <-sent
	return got.reply, got.error
}
