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
	"handover/app/internal/problem"
	"handover/backend/order"
)

func TestArrange(t *testing.T) {
	s := newSeller(t)
	d := s.open(t)
	for _, name := range []string{"a.txt", "b.txt", "c.txt", "d.txt"} {
		p, _ := s.file(t, name, 10)
		s.attach(t, d, p)
	}
	dr, err := d.Arrange(s.order, []string{"c.txt", "gone.txt", "a.txt", "c.txt"})
	want := []string{"c.txt", "a.txt", "b.txt", "d.txt"}
	if err != nil || !cmp.Equal(paths(dr), want) {
		t.Fatalf("%v, %v", paths(dr), err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = s.open(t)
	if dr, err = d.Draft(s.order); err != nil || !cmp.Equal(paths(dr), want) {
		t.Fatalf("after a restart: %v, %v", paths(dr), err)
	}
	s.deliver(t, d, "In this order.")
	o, err := s.buyer.Order(t.Context(), s.order)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, f := range o.Deliveries[0].Files {
		got = append(got, f.Path)
	}
	if !o.Deliveries[0].Arranged || !cmp.Equal(got, want) {
		t.Errorf("the buyer sees %v, arranged %v", got, o.Deliveries[0].Arranged)
	}

	if _, err := d.TakeOver(t.Context(), s.order, 1, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Arrange(s.order, []string{"d.txt"}); err != nil {
		t.Fatal(err)
	}
	if dr, err = d.Arrange(s.order, nil); err != nil || dr.Arranged != nil || !cmp.Equal(paths(dr), []string{"a.txt", "b.txt", "c.txt", "d.txt"}) {
		t.Errorf("without an order: %v, %v", paths(dr), err)
	}
}

// A queued delivery is of what the seller saw: in another order it is not.
func TestArrangeWithdraws(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	s.line.cut(true)
	a, _ := s.file(t, "a.txt", 10)
	b, _ := s.file(t, "b.txt", 10)
	s.line.cut(false)
	s.attach(t, d, a)
	s.line.cut(true)
	s.queue(t, d, b)
	if _, err := d.Arrange(s.order, []string{"b.txt", "a.txt"}); err != nil {
		t.Fatal(err)
	}
	s.line.cut(false)
	s.noticed(t, d, problem.CodeChangedSince)
	if dr, err := d.ForgetNotice(s.order); err != nil || dr.Notice.Code != "" {
		t.Errorf("%+v, %v", dr.Notice, err)
	}
	if n := s.delivered(t); n != 0 {
		t.Errorf("%d deliveries", n)
	}
}

func TestRestore(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	film, _ := s.file(t, "film/film.mov", 3000)
	poster, _ := s.file(t, "film/poster.png", 2000)
	s.attach(t, d, filepath.Dir(film))
	until(t, "all is uploaded", func() bool { return verified(t, d, s.order) == 2 })
	var sent atomic.Int64
	s.line.fault(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if is(r, "POST", "/uploads/") || is(r, "PATCH", "/uploads/") || is(r, "DELETE", "/uploads/") {
			sent.Add(1)
		}
		return false
	})

	if dr, err := d.Detach(s.order, "film"); err != nil || len(dr.Files) != 0 {
		t.Fatalf("%v, %v", paths(dr), err)
	}
	if dr, err := d.Restore(t.Context(), s.order, "film"); err != nil || len(dr.Files) != 2 || verified(t, d, s.order) != 2 {
		t.Fatalf("%v, %v", paths(dr), err)
	}
	_, err := d.Restore(t.Context(), s.order, "film") // once only
	wantCode(t, err, string(order.NotFound))
	if sent.Load() != 0 {
		t.Errorf("%d requests about uploads were made", sent.Load())
	}

	// What took the place of a file meanwhile stays.
	if _, err := d.Detach(s.order, "film/poster.png"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(poster, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.attach(t, d, filepath.Dir(film))
	dr, err := d.Restore(t.Context(), s.order, "film/poster.png")
	if err != nil || len(dr.Files) != 2 || dr.Files[1].Size != 7 {
		t.Errorf("%+v, %v", dr.Files, err)
	}
}

// verified is how many files of the draft are on the server.
func verified(t *testing.T, d *desk.Desk, id string) (n int) {
	t.Helper()
	dr, err := d.Draft(id)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range dr.Files {
		if f.State == draft.Verified {
			n++
		}
	}
	return n
}

func TestMoveUp(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	if err := d.Uploads.Pause("", ""); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"a", "b", "c", "d"} {
		p, _ := s.file(t, name, i+1)
		s.attach(t, d, p)
	}
	for _, step := range []struct{ name, want string }{
		{"a", "abcd"}, {"d", "abdc"}, {"d", "adbc"}, {"c", "adcb"}, {"d", "dacb"}, {"gone", "dacb"},
	} {
		if err := d.Uploads.MoveUp(s.order, step.name); err != nil {
			t.Fatal(err)
		}
		list, err := d.Uploads.Transfers()
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, each := range list.List {
			got += each.Path
		}
		if got != step.want {
			t.Errorf("after moving %s up: %s, want %s", step.name, got, step.want)
		}
	}
}
