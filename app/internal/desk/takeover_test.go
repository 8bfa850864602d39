package desk_test

import (
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/backend/order"
)

// first has delivery 1 made of files that are then removed from this computer.
func (s *seller) first(t *testing.T, d *desk.Desk, names ...string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for i, name := range names {
		p, sum := s.file(t, name, 1000+i)
		sums[name] = sum
		s.attach(t, d, p)
		defer os.Remove(p)
	}
	s.deliver(t, d, "The first.")
	return sums
}

func (s *seller) deliver(t *testing.T, d *desk.Desk, text string) order.Status {
	t.Helper()
	if _, err := d.Describe(s.order, text); err != nil {
		t.Fatal(err)
	}
	o, err := d.Delivery.Deliver(t.Context(), s.order, false)
	if err != nil {
		t.Fatal(err)
	}
	return o.Status
}

func paths(dr draft.Draft) []string {
	list := []string{}
	for _, f := range dr.Files {
		list = append(list, f.Path)
	}
	return list
}

// What was delivered is delivered again from the server alone, beside a file
// that replaces one of it.
func TestTakeOver(t *testing.T) {
	s := newSeller(t)
	d := s.open(t)
	want := s.first(t, d, "a.txt", "b.txt", "c.txt")
	var sent atomic.Int64
	s.line.fault(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if is(r, "POST", "/uploads/") || is(r, "PATCH", "/uploads/") {
			sent.Add(r.ContentLength)
		}
		return false
	})

	if dr, err := d.TakeOver(t.Context(), s.order, 1, []string{"b.txt"}); err != nil || !cmp.Equal(paths(dr), []string{"b.txt"}) {
		t.Fatalf("%v, %v", paths(dr), err)
	}
	if dr, err := d.TakeOver(t.Context(), s.order, 1, nil); err != nil || !cmp.Equal(paths(dr), []string{"a.txt", "b.txt", "c.txt"}) {
		t.Fatalf("%v, %v", paths(dr), err)
	}
	if findings, err := d.Preflight(t.Context(), s.order); err != nil || len(findings) > 0 {
		t.Errorf("files that are not here are complained about: %v, %v", findings, err)
	}
	var p string
	p, want["b.txt"] = s.file(t, "b.txt", 500)
	dr := s.attach(t, d, p)
	if f := dr.Files[1]; f.Path != "b.txt" || f.Origin != draft.ByHand || len(dr.Files) != 3 {
		t.Fatalf("a new version does not take the place of the old one: %v", paths(dr))
	}
	if _, err := d.Detach(s.order, "c.txt"); err != nil {
		t.Fatal(err)
	}
	delete(want, "c.txt")
	if status := s.deliver(t, d, "The second."); status != order.Delivered {
		t.Errorf("the order is %s", status)
	}
	if diff := cmp.Diff(want, s.downloaded(t, 2)); diff != "" {
		t.Error(diff)
	}
	if len(s.downloaded(t, 1)) != 3 {
		t.Error("delivery 1 lost a file")
	}
	if sent.Load() >= 1000 { // the new file and what is around it
		t.Errorf("%d bytes were sent", sent.Load())
	}
}

func TestTakeOverWhenReady(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	want := s.first(t, d, "a.txt")
	if _, err := d.TakeOver(t.Context(), s.order, 1, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Describe(s.order, "Again."); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Delivery.DeliverAndWait(t.Context(), s.order, false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, s.downloaded(t, 2)); diff != "" {
		t.Error(diff)
	}
}

func TestTakeOverIsRefused(t *testing.T) {
	s := newSeller(t)
	d := s.open(t)
	s.first(t, d, "a.txt")
	for _, n := range []int{-1, 0, 2} {
		_, err := d.TakeOver(t.Context(), s.order, n, nil)
		wantCode(t, err, string(order.NotFound))
	}
	if dr, err := d.TakeOver(t.Context(), s.order, 1, []string{"none.txt"}); err != nil || len(dr.Files) != 0 {
		t.Errorf("%v, %v", paths(dr), err)
	}
	if _, err := s.buyer.Review(s.order).Accept(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := d.Orders.Refresh(t.Context(), s.order); err != nil { // hears of it
		t.Fatal(err)
	}
	_, err := d.TakeOver(t.Context(), s.order, 1, nil)
	wantCode(t, err, string(order.Conflict))
}

// A file in the order's folder takes the place of what was taken over under its
// name; what the folder does not have stays.
func TestTakeOverBesideAFolder(t *testing.T) {
	s := newSeller(t)
	d := s.sync(t)
	dir := s.folder(t, d, s.order)
	want := map[string]string{"a.txt": s.put(t, dir, "a.txt", 1000), "b.txt": s.put(t, dir, "b.txt", 1001)}
	s.verified(t, d, 2)
	s.deliver(t, d, "The first.")
	if err := os.Remove(filepath.Join(dir, "b.txt")); err != nil {
		t.Fatal(err)
	}
	s.verified(t, d, 1) // a.txt, because the folder is no longer what was delivered
	if _, err := d.TakeOver(t.Context(), s.order, 1, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, s.verified(t, d, 2)); diff != "" {
		t.Error(diff)
	}
	want["b.txt"] = s.put(t, dir, "b.txt", 700)
	until(t, "the folder's file takes its place", func() bool {
		return cmp.Equal(want, s.verified(t, d, 2))
	})
}
