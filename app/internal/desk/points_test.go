package desk_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"net/http"

	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/backend/api"
	"handover/backend/order"
)

// asked delivers a film, and has the buyer ask for so many points about it.
func (s *seller) asked(t *testing.T, d *desk.Desk, points int) {
	t.Helper()
	p, _ := s.file(t, "film.mov", 1_000)
	s.attach(t, d, p)
	if _, err := d.Describe(s.order, "The film."); err != nil {
		t.Fatal(err)
	}
	o, err := d.Delivery.Deliver(t.Context(), s.order, false)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i := range points {
		id := fmt.Sprint("p", i+1)
		at := order.Anchor{Delivery: 1, File: o.Deliveries[0].Files[0].ID, Seconds: new(float64(i))}
		if _, err := s.buyer.Review(s.order).PutComment(t.Context(), id, api.NewComment{Anchor: at, Text: "Point " + id}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if _, err := s.buyer.Review(s.order).RequestChanges(t.Context(), api.Changes{Points: ids}); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := d.Orders.Refresh(t.Context(), s.order); err != nil {
		t.Fatal(err)
	}
}

// Ticks need no network, survive a restart, and travel with the delivery once.
func TestTicks(t *testing.T) {
	s := newSeller(t)
	d := s.open(t)
	s.asked(t, d, 3)
	s.line.cut(true)
	for _, tick := range []struct {
		point string
		done  bool
	}{{"p3", true}, {"p1", true}, {"p1", true}, {"p2", true}, {"p2", false}} {
		if _, err := d.TickPoint(s.order, tick.point, tick.done); err != nil {
			t.Fatal(err)
		}
	}
	_, err := d.TickPoint(s.order, "absent", true)
	wantCode(t, err, string(order.NotFound))
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = s.open(t)
	dr, err := d.Draft(s.order)
	if err != nil || !slices.Equal(dr.Done, []string{"p3", "p1"}) || dr.Empty() {
		t.Fatalf("after a restart %q is done: %v", dr.Done, err)
	}
	o, _, offline, err := d.Orders.Refresh(t.Context(), s.order)
	if err != nil || !offline || len(o.Points) != 3 || *o.Points[2].Seconds != 2 {
		t.Fatalf("without the network: %+v, %v", o.Points, err)
	}
	s.line.cut(false)
	if _, err := d.Describe(s.order, "Softer."); err != nil {
		t.Fatal(err)
	}
	o, err = d.Delivery.Deliver(t.Context(), s.order, true)
	if err != nil || !slices.Equal(o.Deliveries[1].Done, []string{"p3", "p1"}) {
		t.Fatalf("delivered %+v, %v", o.Deliveries, err)
	}
	if o.Points[0].DoneIn != 2 || o.Points[1].DoneIn != 0 {
		t.Errorf("the points are %+v", o.Points)
	}
	if dr, err := d.Draft(s.order); err != nil || !dr.Empty() {
		t.Errorf("the draft stays: %+v, %v", dr, err)
	}
}

// A delivery with ticks whose answer got lost is recognised, and made once.
func TestLostAnswerToADeliveryWithTicks(t *testing.T) {
	s := newSeller(t)
	d := s.open(t)
	s.asked(t, d, 2)
	if _, err := d.TickPoints(t.Context(), s.order, []int{2, 2}); err != nil {
		t.Fatal(err)
	}
	_, err := d.TickPoints(t.Context(), s.order, []int{3})
	wantCode(t, err, string(order.NotFound))
	if _, err := d.Describe(s.order, "Softer."); err != nil {
		t.Fatal(err)
	}
	lost := times(9, "POST", "/deliveries", loseAnswer)
	var back atomic.Bool
	s.line.fault(func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		return !back.Load() && lost(w, r, next)
	})
	_, err = d.Delivery.Deliver(t.Context(), s.order, true)
	wantCode(t, err, problem.CodeUnreachable)
	back.Store(true)
	o, err := d.Delivery.Deliver(t.Context(), s.order, true)
	if err != nil || len(o.Deliveries) != 2 || !slices.Equal(o.Deliveries[1].Done, []string{"p2"}) {
		t.Errorf("delivered %+v, %v", o.Deliveries, err)
	}
}

// A tick is part of what was asked to be delivered.
func TestATickAfterQueueingIsNotDelivered(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	s.asked(t, d, 1)
	s.line.cut(true)
	if _, err := d.Describe(s.order, "Softer."); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Delivery.Queue(t.Context(), s.order, true); err != nil {
		t.Fatal(err)
	}
	if _, err := d.TickPoint(s.order, "p1", true); err != nil {
		t.Fatal(err)
	}
	s.line.cut(false)
	s.noticed(t, d, problem.CodeChangedSince)
	if n := s.delivered(t); n != 1 {
		t.Errorf("there are %d deliveries", n)
	}
}

func TestPicture(t *testing.T) {
	s := newSeller(t)
	d := s.open(t)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 3))); err != nil {
		t.Fatal(err)
	}
	shown, text := filepath.Join(s.work, "a.png"), filepath.Join(s.work, "b.txt")
	for path, content := range map[string][]byte{shown: picture.Bytes(), text: []byte("text\n")} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.attach(t, d, shown, text)
	if _, err := d.Describe(s.order, "Both."); err != nil {
		t.Fatal(err)
	}
	o, err := d.Delivery.Deliver(t.Context(), s.order, false)
	if err != nil {
		t.Fatal(err)
	}
	files := o.Deliveries[0].Files
	content, kind, err := d.Orders.Picture(t.Context(), s.order, 1, files[0].ID)
	if err != nil || kind != "image/png" || !bytes.Equal(content, picture.Bytes()) {
		t.Errorf("%d bytes of %s, %v", len(content), kind, err)
	}
	_, _, err = d.Orders.Picture(t.Context(), s.order, 1, files[1].ID)
	wantCode(t, err, string(order.NotFound))
	_, _, err = d.Orders.Picture(t.Context(), s.order, 2, files[0].ID)
	wantCode(t, err, string(order.NotFound))
}
