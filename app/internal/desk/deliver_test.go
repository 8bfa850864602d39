package desk_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"net/http"

	"github.com/google/go-cmp/cmp"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/uploads"
	"handover/backend/order"
)

func TestDeliverBringsEveryByte(t *testing.T) {
	s := newSeller(t)
	d := s.open(t)
	want := map[string]string{}
	for name, size := range map[string]int{"Film für Bea/Film.mov": 5 << 20, "Film für Bea/Fotos/1.jpg": 300_000, "Film für Bea/leer.txt": 0, "Film für Bea/a.txt": 1} {
		_, want[name] = s.file(t, name, size)
	}
	s.attach(t, d, filepath.Join(s.work, "Film für Bea"))
	if _, err := d.Describe(s.order, "All of it."); err != nil {
		t.Fatal(err)
	}
	o, err := d.Delivery.Deliver(t.Context(), s.order, false)
	if err != nil {
		t.Fatal(err)
	}
	if o.Status != order.Delivered || len(o.Deliveries) != 1 {
		t.Fatalf("the order is %s with %d deliveries", o.Status, len(o.Deliveries))
	}
	if diff := cmp.Diff(want, s.downloaded(t, 1)); diff != "" {
		t.Error(diff)
	}
	if dr, err := d.Draft(s.order); err != nil || !dr.Empty() {
		t.Errorf("the draft stays: %+v, %v", dr, err)
	}
}

func TestDeliverRefusesBeforeAnythingIsSent(t *testing.T) {
	s := newSeller(t)
	d := s.open(t)
	var posts atomic.Int32
	s.line.fault(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if is(r, "POST", "/uploads/") || is(r, "POST", "/deliveries") {
			posts.Add(1)
		}
		return false
	})
	_, err := d.Delivery.Deliver(t.Context(), s.order, false)
	wantCode(t, err, string(order.Invalid)) // no description
	if _, err := d.Describe(s.order, "Nothing yet."); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err == nil {
		t.Error("a delivery without files was not refused")
	}
	_, err = d.Delivery.Deliver(t.Context(), "no-such-order", true)
	wantCode(t, err, string(order.NotFound))
	if posts.Load() != 0 {
		t.Errorf("%d requests were made", posts.Load())
	}
}

// The answer to the delivery gets lost: the next attempt finds out, and there
// is one delivery.
func TestLostAnswerToTheDelivery(t *testing.T) {
	for _, change := range []bool{false, true} {
		s := newSeller(t)
		d := s.open(t)
		p, sum := s.file(t, "film.mov", 100_000)
		s.attach(t, d, p)
		if _, err := d.Describe(s.order, "Done."); err != nil {
			t.Fatal(err)
		}
		lost := times(9, "POST", "/deliveries", loseAnswer) // connections that were used before are tried again at once
		var back atomic.Bool
		s.line.fault(func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
			return !back.Load() && lost(w, r, next)
		})
		_, err := d.Delivery.Deliver(t.Context(), s.order, false)
		wantCode(t, err, problem.CodeUnreachable)
		back.Store(true)
		if change { // in another program, after a restart
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			d = s.open(t)
		}
		o, err := d.Delivery.Deliver(t.Context(), s.order, false)
		if err != nil {
			t.Fatal(err)
		}
		if len(o.Deliveries) != 1 {
			t.Fatalf("%d deliveries", len(o.Deliveries))
		}
		if diff := cmp.Diff(map[string]string{"film.mov": sum}, s.downloaded(t, 1)); diff != "" {
			t.Error(diff)
		}
	}
}

// Without a network everything of the draft works, and the delivery is made
// when the network is back.
func TestOffline(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	if _, err := d.Orders.All(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.line.cut(true)
	list, err := d.Orders.All(t.Context())
	if err != nil || !list.Offline || len(list.Orders) != 1 {
		t.Fatalf("orders: %+v, %v", list, err)
	}
	p, sum := s.file(t, "film.mov", 3<<20)
	s.attach(t, d, p)
	if _, err := d.Describe(s.order, "Written on a train."); err != nil {
		t.Fatal(err)
	}
	if _, online := d.Session.Current(); online {
		t.Error("the session says that it is online")
	}
	ctx, cancel := context.WithCancel(t.Context())
	delivered := make(chan error, 1)
	go func() { _, err := d.Delivery.Deliver(ctx, s.order, false); delivered <- err }()
	until(t, "the upload begins", func() bool {
		dr, err := d.Draft(s.order)
		return err == nil && len(dr.Files) == 1 && dr.Files[0].State == draft.Uploading
	})
	s.line.cut(false)
	if err := <-delivered; err != nil {
		t.Fatal(err)
	}
	cancel()
	if diff := cmp.Diff(map[string]string{"film.mov": sum}, s.downloaded(t, 1)); diff != "" {
		t.Error(diff)
	}
}

// Bytes that change on the way are noticed; the file is sent again, and after
// the second time the seller hears that something is wrong with the computer.
func TestCorruption(t *testing.T) {
	for _, method := range []string{"PATCH", "POST"} { // a big file, and one that goes with the creation
		size := map[string]int{"PATCH": 2 << 20, "POST": 100_000}[method]
		t.Run(method+" once", func(t *testing.T) {
			s := newSeller(t)
			d := s.open(t)
			p, sum := s.file(t, "film.mov", size)
			s.attach(t, d, p)
			if _, err := d.Describe(s.order, "Done."); err != nil {
				t.Fatal(err)
			}
			s.line.fault(times(1, method, "/uploads/", corrupt))
			if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]string{"film.mov": sum}, s.downloaded(t, 1)); diff != "" {
				t.Error(diff)
			}
		})
		t.Run(method+" twice", func(t *testing.T) {
			s := newSeller(t)
			d := s.open(t)
			p, _ := s.file(t, "film.mov", size)
			s.attach(t, d, p)
			if _, err := d.Describe(s.order, "Done."); err != nil {
				t.Fatal(err)
			}
			s.line.fault(times(2, method, "/uploads/", corrupt))
			_, err := d.Delivery.Deliver(t.Context(), s.order, false)
			wantCode(t, err, problem.CodeCorrupt)
			dr, err := d.Draft(s.order)
			if err != nil {
				t.Fatal(err)
			}
			if f := dr.Files[0]; f.State != draft.Problem || f.Fault.Code != problem.CodeCorrupt || f.SHA256 != "" || f.Upload != "" {
				t.Errorf("the file is %+v", f)
			}
			if o, err := s.buyer.Order(t.Context(), s.order); err != nil || len(o.Deliveries) != 0 {
				t.Errorf("%d deliveries, %v", len(o.Deliveries), err)
			}
			// The line is good again, and the seller says so.
			if _, err := d.Retry(s.order, "film.mov"); err != nil {
				t.Fatal(err)
			}
			if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCancelKeepsTheDraft(t *testing.T) {
	s := newSeller(t)
	d := s.open(t)
	p, sum := s.file(t, "film.mov", 3<<20)
	s.attach(t, d, p)
	if _, err := d.Describe(s.order, "Done."); err != nil {
		t.Fatal(err)
	}
	if err := d.Uploads.SetLimits(uploads.Limits{Up: 100_000}); err != nil {
		t.Fatal(err)
	}
	delivered := make(chan error, 1)
	go func() { _, err := d.Delivery.Deliver(t.Context(), s.order, false); delivered <- err }()
	until(t, "some was sent", func() bool { return sent(t, d) > 0 })
	_, err := d.Delivery.Deliver(t.Context(), s.order, false)
	wantCode(t, err, string(order.Conflict))
	d.Delivery.Cancel(s.order)
	wantCode(t, <-delivered, problem.CodeCancelled)
	// A limit that is taken away holds for what runs.
	if err := d.Uploads.SetLimits(uploads.Limits{}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"film.mov": sum}, s.downloaded(t, 1)); diff != "" {
		t.Error(diff)
	}
}

// sent is how much of the drafts the server has.
func sent(t *testing.T, d *desk.Desk) int64 {
	t.Helper()
	transfers, err := d.Uploads.Transfers()
	if err != nil {
		t.Error(err)
	}
	return transfers.Sent
}

// A file that changed after it had arrived is sent again.
func TestChangedAfterItArrived(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	p, _ := s.file(t, "film.mov", 100_000)
	s.attach(t, d, p)
	if _, err := d.Describe(s.order, "Done."); err != nil {
		t.Fatal(err)
	}
	state := func() draft.State {
		dr, err := d.Draft(s.order)
		if err != nil {
			t.Fatal(err)
		}
		return dr.Files[0].State
	}
	until(t, "the upload", func() bool { return state() == draft.Verified })
	p, sum := s.file(t, "film.mov", 120_000)
	if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"film.mov": sum}, s.downloaded(t, 1)); diff != "" {
		t.Error(diff)
	}
	if err := os.Remove(p); err != nil {
		t.Fatal(err)
	}
}

// When the sign-in ends, uploads wait for the next one.
func TestUploadsWaitForTheNextSignIn(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	p, _ := s.file(t, "film.mov", 1000)
	s.line.fault(times(1, "POST", "/uploads/", func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Tus-Resumable", "1.0.0")
		w.WriteHeader(http.StatusUnauthorized)
	}))
	s.attach(t, d, p)
	file := func() draft.File {
		dr, err := d.Draft(s.order)
		if err != nil {
			t.Fatal(err)
		}
		return dr.Files[0]
	}
	until(t, "the refusal", func() bool { return file().Fault.Code != "" })
	if f := file(); f.State != draft.Queued || f.Fault.Code != string(order.Unauthenticated) {
		t.Errorf("the file is %+v", f)
	}
	if err := d.Session.SignIn(t.Context(), s.at, s.user.Email, s.user.Password, false); err != nil {
		t.Fatal(err)
	}
	until(t, "the upload", func() bool { return file().State == draft.Verified })
}

func TestDeliverNamesTheFileWithAProblem(t *testing.T) {
	s := newSeller(t)
	d := s.open(t)
	p, _ := s.file(t, "film.mov", 1000)
	s.attach(t, d, p)
	if _, err := d.Describe(s.order, "Done."); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(p); err != nil {
		t.Fatal(err)
	}
	_, err := d.Delivery.Deliver(t.Context(), s.order, false)
	wantCode(t, err, problem.CodeFileMissing)
	if !errors.As(err, new(*problem.Error)) || err.Error()[:8] != "film.mov" {
		t.Errorf("the error is %q", err)
	}
	s.file(t, "film.mov", 1000) // put back
	if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
		t.Error(err)
	}
}

// A seller who presses "Deliver work" in a window that follows the server causes
// one request for the order: the refresh after the delivery's own event.
func TestADeliveryAsksForItsOrderOnce(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	until(t, "the window follows the server", d.Orders.Live)
	path, _ := s.file(t, "a.txt", 2000)
	s.attach(t, d, path)
	if _, err := d.Describe(s.order, "All of it."); err != nil {
		t.Fatal(err)
	}
	s.verified(t, d, 1)
	var asked, before atomic.Int64
	s.line.fault(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		switch {
		case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/orders/"+s.order):
			asked.Add(1)
		case is(r, http.MethodPost, "/deliveries"):
			before.Store(asked.Load())
		}
		return false
	})
	if _, err := d.Delivery.DeliverAndWait(t.Context(), s.order, false); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := d.Orders.Order(t.Context(), s.order); err != nil { // the page shows it
		t.Fatal(err)
	}
	d.Orders.RefreshLater(s.order)
	if _, err := s.buyer.WriteMessage(t.Context(), s.order, "Thank you."); err != nil {
		t.Fatal(err)
	}
	until(t, "the buyer's message, which follows the delivery, is unread", func() bool {
		page, err := d.Orders.List(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Orders) == 1 && page.Orders[0].Unread.Messages == 1
	})
	if n, all := before.Load(), asked.Load(); n > 0 || all > 2 { // one of them for the message
		t.Errorf("the order was asked for %d times before it was delivered, %d times in all", n, all)
	}
}
