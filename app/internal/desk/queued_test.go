package desk_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/backend/order"
)

// queue attaches a file and asks to deliver it when that is possible.
func (s *seller) queue(t *testing.T, d *desk.Desk, paths ...string) draft.Draft {
	t.Helper()
	s.attach(t, d, paths...)
	if _, err := d.Describe(s.order, "All of it."); err != nil {
		t.Fatal(err)
	}
	dr, err := d.Delivery.Queue(t.Context(), s.order, false)
	if err != nil {
		t.Fatal(err)
	}
	if dr.Queued == nil || !d.Delivery.Pending(s.order) {
		t.Fatalf("not queued: %+v", dr)
	}
	return dr
}

// delivered is how many deliveries the order has.
func (s *seller) delivered(t *testing.T) int {
	t.Helper()
	o, err := s.buyer.Order(t.Context(), s.order)
	if err != nil {
		t.Fatal(err)
	}
	return len(o.Deliveries)
}

func (s *seller) noticed(t *testing.T, d *desk.Desk, code string) draft.Draft {
	t.Helper()
	var dr draft.Draft
	until(t, "the seller is told why it was not delivered", func() bool {
		var err error
		if dr, err = d.Draft(s.order); err != nil {
			t.Fatal(err)
		}
		return dr.Queued == nil && dr.Notice.Code == code
	})
	return dr
}

func TestDeliverWhenOnline(t *testing.T) {
	for name, between := range map[string]func(t *testing.T, s *seller, d *desk.Desk) *desk.Desk{
		"in one go": func(_ *testing.T, _ *seller, d *desk.Desk) *desk.Desk { return d },
		"over a restart": func(t *testing.T, s *seller, d *desk.Desk) *desk.Desk {
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			return s.open(t, background)
		},
		"although an answer is lost": func(_ *testing.T, s *seller, d *desk.Desk) *desk.Desk {
			s.line.fault(times(2, "POST", "/deliveries", loseAnswer))
			return d
		},
		"although an answer is lost before a restart": func(t *testing.T, s *seller, d *desk.Desk) *desk.Desk {
			s.line.fault(times(1, "POST", "/deliveries", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				s.line.mu.Lock()
				s.line.down = true
				s.line.mu.Unlock()
				loseAnswer(w, r, next)
			}))
			s.line.cut(false)
			until(t, "the delivery has arrived", func() bool { return s.delivered(t) == 1 })
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			return s.open(t, background)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSeller(t)
			d := s.open(t, background)
			if _, _, _, err := d.Orders.Refresh(t.Context(), s.order); err != nil {
				t.Fatal(err)
			}
			path, sum := s.file(t, "a.txt", 2<<20)
			s.line.cut(true)
			s.queue(t, d, path)
			d = between(t, s, d)
			s.line.cut(false)
			until(t, "it is delivered", func() bool {
				dr, err := d.Draft(s.order)
				return err == nil && dr.Empty() && !d.Delivery.Pending(s.order)
			})
			if n := s.delivered(t); n != 1 {
				t.Errorf("%d deliveries", n)
			}
			if got := s.downloaded(t, 1)["a.txt"]; got != sum {
				t.Errorf("delivered %s, want %s", got, sum)
			}
		})
	}
}

// changes are what a seller may do to a draft of a.txt and b.mov.
var changes = map[string]func(s *seller, d *desk.Desk) error{
	"the description": func(s *seller, d *desk.Desk) error {
		_, err := d.Describe(s.order, "Something else.")
		return err
	},
	"a link": func(s *seller, d *desk.Desk) error {
		_, err := d.AttachLink(s.order, "https://example.org/film", "")
		return err
	},
	"a file more": func(s *seller, d *desk.Desk) error {
		path := filepath.Join(s.work, "b.txt")
		if err := os.WriteFile(path, []byte("b"), 0o600); err != nil {
			return err
		}
		_, _, err := d.Attach(s.ctx(), s.order, []string{path})
		return err
	},
	"a file less": func(s *seller, d *desk.Desk) error {
		_, err := d.Detach(s.order, "b.mov")
		return err
	},
	"a file's content": func(s *seller, _ *desk.Desk) error {
		return os.WriteFile(filepath.Join(s.work, "a.txt"), []byte("another version"), 0o600)
	},
}

// Nothing is delivered that the seller has not seen when asking for it.
func TestWhatChangesAfterQueueingIsNotDelivered(t *testing.T) {
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			s := newSeller(t)
			d := s.open(t, background)
			if _, _, _, err := d.Orders.Refresh(t.Context(), s.order); err != nil {
				t.Fatal(err)
			}
			path, _ := s.file(t, "a.txt", 2<<20)
			other, _ := s.file(t, "b.mov", 100)
			s.line.cut(true)
			s.queue(t, d, path, other)
			if err := change(s, d); err != nil {
				t.Fatal(err)
			}
			s.line.cut(false)
			s.isWithdrawn(t, d)
		})
	}
}

// The draft may still change while the server is asked how the order stands,
// just before the work is sent. Of the files only which they are is looked at
// again then: their content has been proved.
func TestWhatChangesWhileTheServerIsAskedIsNotDelivered(t *testing.T) {
	for name, change := range changes {
		if name == "a file's content" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s := newSeller(t)
			asked, answer := make(chan struct{}, 1), make(chan struct{})
			var d *desk.Desk
			s.line.fault(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
				if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/orders") {
					<-r.Context().Done() // the list never comes, so the order has to be asked for
					return true
				}
				if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/orders/"+s.order) && d.Delivery.Pending(s.order) {
					select {
					case asked <- struct{}{}:
					default:
					}
					<-answer
				}
				return false
			})
			d = s.open(t, background)
			path, _ := s.file(t, "a.txt", 100)
			other, _ := s.file(t, "b.mov", 100)
			s.attach(t, d, path, other)
			s.verified(t, d, 2)
			s.queue(t, d)
			<-asked
			if err := change(s, d); err != nil {
				t.Fatal(err)
			}
			close(answer)
			s.isWithdrawn(t, d)
		})
	}
}

// isWithdrawn waits until the seller is told that nothing was delivered, and
// delivers the draft that stayed.
func (s *seller) isWithdrawn(t *testing.T, d *desk.Desk) {
	t.Helper()
	dr := s.noticed(t, d, problem.CodeChangedSince)
	if len(dr.Files) == 0 || s.delivered(t) != 0 {
		t.Errorf("%d deliveries, the draft has %d files", s.delivered(t), len(dr.Files))
	}
	if _, err := d.Delivery.DeliverAndWait(t.Context(), s.order, false); err != nil {
		t.Errorf("asked for again: %v", err)
	}
}

// A delivery that had arrived when the program was killed is recognised in the
// list of orders, before anything is said about its draft.
func TestSyncNowRecognisesADelivery(t *testing.T) {
	s := newSeller(t)
	d := s.sync(t)
	dir := s.folder(t, d, s.order)
	s.put(t, dir, "a.txt", 100)
	s.verified(t, d, 1)
	if _, err := d.Describe(s.order, "All of it."); err != nil {
		t.Fatal(err)
	}
	var killed atomic.Bool
	s.line.fault(func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		switch {
		case is(r, http.MethodPost, "/deliveries"):
			killed.Store(true)
			loseAnswer(w, r, next)
		case killed.Load() && !strings.HasSuffix(r.URL.Path, "/orders") && !strings.HasSuffix(r.URL.Path, "/server"):
			panic(http.ErrAbortHandler) // only the list tells
		}
		return false
	})
	if _, err := d.Delivery.Queue(t.Context(), s.order, false); err != nil {
		t.Fatal(err)
	}
	until(t, "it arrived", func() bool { return s.delivered(t) == 1 })
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = s.sync(t)
	if err := d.Folder.Now(t.Context()); err != nil {
		t.Fatal(err)
	}
	if dr, err := d.Draft(s.order); err != nil || !dr.Empty() || d.Delivery.Pending(s.order) {
		t.Errorf("the draft: %+v, %v", dr, err)
	}
}

func TestAQueuedDeliveryIsTakenBack(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	if _, _, _, err := d.Orders.Refresh(t.Context(), s.order); err != nil {
		t.Fatal(err)
	}
	path, _ := s.file(t, "a.txt", 100)
	s.line.cut(true)
	s.attach(t, d, path)
	if _, err := d.Describe(s.order, "All of it."); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := d.Delivery.DeliverAndWait(t.Context(), s.order, false)
		ended <- err
	}()
	until(t, "it is queued", func() bool { return d.Delivery.Pending(s.order) })
	if _, err := d.Delivery.Queue(t.Context(), s.order, false); problem.Explain(err).Code != string(order.Conflict) {
		t.Errorf("queued twice: %v", err)
	}
	d.Delivery.Cancel(s.order)
	wantCode(t, <-ended, problem.CodeCancelled)
	dr, err := d.Draft(s.order)
	if err != nil || dr.Queued != nil || dr.Notice.Code != "" || len(dr.Files) != 1 {
		t.Errorf("the draft: %+v, %v", dr, err)
	}
	s.line.cut(false)
	s.verified(t, d, 1)
	if n := s.delivered(t); n != 0 {
		t.Errorf("%d deliveries", n)
	}
}

// The order's state forbids it meanwhile: the seller is told, the draft stays.
func TestAQueuedDeliveryThatIsNotAllowedAnyMore(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	if _, _, _, err := d.Orders.Refresh(t.Context(), s.order); err != nil {
		t.Fatal(err)
	}
	path, _ := s.file(t, "a.txt", 100)
	s.line.cut(true)
	s.queue(t, d, path)
	s.cancel(t, s.order)
	s.line.cut(false)
	dr := s.noticed(t, d, string(order.Conflict))
	if len(dr.Files) != 1 || dr.Description == "" {
		t.Errorf("the draft: %+v", dr)
	}
}

// A file with a problem is not waited for: the seller has to do something.
func TestAQueuedDeliveryWithAProblem(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	if _, _, _, err := d.Orders.Refresh(t.Context(), s.order); err != nil {
		t.Fatal(err)
	}
	path, _ := s.file(t, "a.txt", 100)
	s.line.cut(true)
	s.queue(t, d, path)
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
		t.Fatal(err)
	}
	s.line.cut(false)
	s.noticed(t, d, problem.CodeFileUnreadable)
}
