package desk_test

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"sync"
	"testing"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/orders"
	"handover/app/internal/problem"
	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// office is a server with a seller, and her desk in a folder of its own.
type office struct {
	t      *testing.T
	server *backend.Server
	stop   func() // the server
	home   string
	seller api.NewUser
	d      *desk.Desk
	heard  chan change.Change
}

func newOffice(t *testing.T) *office {
	t.Helper()
	server, err := backend.StartLocal(backend.Config{Dir: t.TempDir(), Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	stop := sync.OnceFunc(func() { server.Close(context.Background()) })
	t.Cleanup(stop)
	o := &office{t: t, server: server, stop: stop, home: t.TempDir(), seller: api.NewUser{Email: "eva@example.org", Name: "Eva", Password: "a long password"}}
	if _, err := server.AddUser(t.Context(), o.seller); err != nil {
		t.Fatal(err)
	}
	o.open()
	t.Cleanup(func() { o.d.Close() })
	if err := o.d.Session.SignIn(t.Context(), server.URL(), o.seller.Email, o.seller.Password, false); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) open() {
	o.t.Helper()
	heard := make(chan change.Change, 10_000)
	d, err := desk.Open(desk.Options{
		Home: o.home, Parallel: 1, Background: true, Log: slog.New(slog.DiscardHandler),
		Listen: func(c change.Change) { heard <- c },
	})
	if err != nil {
		o.t.Fatal(err)
	}
	o.d, o.heard = d, heard
}

// place places an order and returns it with a client of its buyer.
func (o *office) place(title string, due time.Duration) (api.PlacedOrder, *api.Client) {
	o.t.Helper()
	placed, err := o.server.AddOrder(o.t.Context(), o.seller.Email, api.NewOrder{
		Title: title, Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: time.Now().Add(due),
	})
	if err != nil {
		o.t.Fatal(err)
	}
	buyer, err := api.NewClient(o.server.URL(), path.Base(placed.ReviewURL), nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return placed, buyer
}

// window is a list as a window keeps it.
type window struct {
	rows map[string]orders.Summary
	mark uint64
	sent int // orders in all parts
}

// look takes all parts that there are.
func (w *window) look(o *office) {
	o.t.Helper()
	for more := true; more; {
		page, err := o.d.Orders.List(o.t.Context(), w.mark)
		if err != nil {
			o.t.Fatal(err)
		}
		if page.Reset {
			w.rows = map[string]orders.Summary{}
		}
		for _, row := range page.Orders {
			w.rows[row.ID] = row
		}
		for _, id := range page.Removed {
			delete(w.rows, id)
		}
		w.sent += len(page.Orders)
		w.mark, more = page.Cursor, page.More
	}
}

// until looks again with every change until the list is as wanted.
func (w *window) until(o *office, what string, wanted func(*window) bool) {
	o.t.Helper()
	deadline := time.After(20 * time.Second)
	for w.look(o); !wanted(w); {
		select {
		case c := <-o.heard:
			if c.Kind == change.Orders {
				w.look(o)
			}
		case <-deadline:
			o.t.Fatalf("%s: the list is %+v", what, w.rows)
		}
	}
}

func TestTheListSendsDifferences(t *testing.T) {
	o := newOffice(t)
	var first api.PlacedOrder
	var buyer *api.Client
	for range 30 {
		first, buyer = o.place("Film", time.Hour)
	}
	w := &window{}
	w.until(o, "all are listed", func(w *window) bool { return len(w.rows) == 30 })
	sent := w.sent
	if _, err := buyer.WriteMessage(t.Context(), first.ID, "Hello?"); err != nil {
		t.Fatal(err)
	}
	w.until(o, "a message", func(w *window) bool { return w.rows[first.ID].Unread == draft.Unread{Messages: 1} })
	if w.sent-sent > 2 { // what is unread, and the order anew
		t.Errorf("%d orders were sent for one message", w.sent-sent)
	}
	// A window that was loaded anew gets everything.
	again := &window{}
	again.look(o)
	if len(again.rows) != 30 || again.sent != 30 {
		t.Errorf("%d orders in %d parts", len(again.rows), again.sent)
	}
}

func TestWhatTheBuyerDidIsUnread(t *testing.T) {
	o := newOffice(t)
	placed, buyer := o.place("Film", time.Hour)
	id := placed.ID
	w := &window{}
	w.until(o, "the order is listed", func(w *window) bool { return len(w.rows) == 1 })
	if _, err := o.d.Describe(id, "Done."); err != nil {
		t.Fatal(err)
	}
	if _, err := o.d.Delivery.Deliver(t.Context(), id, true); err != nil {
		t.Fatal(err)
	}
	w.until(o, "delivered", func(w *window) bool { return w.rows[id].Status == order.Delivered })
	if u := w.rows[id].Unread; !u.None() {
		t.Errorf("what the seller did is unread: %+v", u)
	}
	// What happens while the program is closed is unread as well.
	if err := o.d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := buyer.Review(id).RequestChanges(t.Context(), api.Changes{Message: "More air, please."}); err != nil {
		t.Fatal(err)
	}
	if _, err := buyer.WriteMessage(t.Context(), id, "Please."); err != nil {
		t.Fatal(err)
	}
	o.open()
	w = &window{}
	w.look(o)
	if w.sent != 1 {
		t.Errorf("%d orders at once after the start, want the one that was known", w.sent)
	}
	both := draft.Unread{Messages: 1, Other: 1}
	w.until(o, "both are unread", func(w *window) bool { return w.rows[id].Unread == both && w.rows[id].Status == order.InRevision })

	// It is kept, until the seller has looked.
	if err := o.d.Close(); err != nil {
		t.Fatal(err)
	}
	o.open()
	w = &window{}
	w.until(o, "both are still unread", func(w *window) bool { return w.rows[id].Unread == both })
	if err := o.d.Orders.See(id, false); err != nil {
		t.Fatal(err)
	}
	w.until(o, "the message is unread", func(w *window) bool { return w.rows[id].Unread == draft.Unread{Messages: 1} })
	if err := o.d.Orders.See(id, true); err != nil {
		t.Fatal(err)
	}
	w.until(o, "nothing is unread", func(w *window) bool { return w.rows[id].Unread.None() })
	if err := o.d.Orders.See("no order", true); err != nil {
		t.Error(err)
	}
}

func TestAnOrderBecomesLate(t *testing.T) {
	o := newOffice(t)
	placed, _ := o.place("Film", 500*time.Millisecond)
	w := &window{}
	w.until(o, "late with no event", func(w *window) bool { return w.rows[placed.ID].Late })
}

func TestTheListOfAnotherAccount(t *testing.T) {
	o := newOffice(t)
	placed, buyer := o.place("Film", time.Hour)
	w := &window{}
	w.until(o, "the order is listed", func(w *window) bool { return len(w.rows) == 1 })
	if _, err := buyer.WriteMessage(t.Context(), placed.ID, "Hello?"); err != nil {
		t.Fatal(err)
	}
	w.until(o, "a message", func(w *window) bool { return w.rows[placed.ID].Unread.Messages == 1 })
	if err := o.d.Session.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := o.d.Orders.List(t.Context(), w.mark); problem.Explain(err) == nil {
		t.Error("a list with nobody signed in")
	}
	// Who comes back finds it unread.
	if err := o.d.Session.SignIn(t.Context(), o.server.URL(), o.seller.Email, o.seller.Password, false); err != nil {
		t.Fatal(err)
	}
	w.until(o, "still unread", func(w *window) bool { return w.rows[placed.ID].Unread.Messages == 1 })
	other := api.NewUser{Email: "ida@example.org", Name: "Ida", Password: "a long password"}
	if _, err := o.server.AddUser(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if err := o.d.Session.SignIn(t.Context(), o.server.URL(), other.Email, other.Password, false); err != nil {
		t.Fatal(err)
	}
	if w.look(o); len(w.rows) != 0 {
		t.Errorf("another seller sees %+v", w.rows)
	}
}

// An answer that arrives after another seller signed in is not shown to them.
func TestALateAnswerForAnotherAccount(t *testing.T) {
	s := newSeller(t)
	d := s.open(t)
	other := api.NewUser{Email: "ida@example.org", Name: "Ida", Password: "a long password"}
	if _, err := s.server.AddUser(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	for name, ask := range map[string]func() error{
		"a list": func() error {
			_, err := d.Orders.All(t.Context())
			return err
		},
		"an order": func() error {
			_, _, _, err := d.Orders.Refresh(t.Context(), s.order)
			return err
		},
		"a message": func() error {
			_, err := d.Orders.WriteMessage(t.Context(), s.order, "Hello")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := d.Session.SignIn(t.Context(), s.at, s.user.Email, s.user.Password, false); err != nil {
				t.Fatal(err)
			}
			answered, signedIn := make(chan struct{}, 100), make(chan struct{})
			s.line.fault(func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
				if !is(r, r.Method, "/orders") {
					return false
				}
				select {
				case <-signedIn:
					return false
				default:
				}
				answer := httptest.NewRecorder()
				next.ServeHTTP(answer, r)
				answered <- struct{}{}
				select {
				case <-signedIn:
				case <-r.Context().Done():
				}
				maps.Copy(w.Header(), answer.Header())
				w.WriteHeader(answer.Code)
				w.Write(answer.Body.Bytes())
				return true
			})
			asked := make(chan error, 1)
			go func() { asked <- ask() }()
			<-answered
			if err := d.Session.SignIn(t.Context(), s.at, other.Email, other.Password, false); err != nil {
				t.Fatal(err)
			}
			close(signedIn)
			wantCode(t, <-asked, string(order.Unauthenticated))
			if _, known, err := d.Orders.Known(s.order); known || err != nil {
				t.Errorf("the other seller's program knows the order: %v", err)
			}
			if page, err := d.Orders.List(t.Context(), 0); err != nil || len(page.Orders) != 0 {
				t.Errorf("the other seller sees %+v, %v", page.Orders, err)
			}
		})
	}
}

// Without the server the list is as last known, at once.
func TestTheListWithoutTheServer(t *testing.T) {
	o := newOffice(t)
	first, _ := o.place("Film", time.Hour)
	o.place("Poster", 2*time.Hour)
	w := &window{}
	w.until(o, "both are listed", func(w *window) bool { return len(w.rows) == 2 })
	// The server has told all of them once the list does not change any more.
	if _, err := o.d.Orders.All(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := o.d.Close(); err != nil {
		t.Fatal(err)
	}
	o.stop()
	o.open()
	page, err := o.d.Orders.List(t.Context(), 0)
	if err != nil || !page.Offline || page.AsOf.IsZero() || len(page.Orders) != 2 {
		t.Fatalf("%+v, %v", page, err)
	}
	if got := []string{page.Orders[0].ID, page.Orders[0].Title}; !slices.Equal(got, []string{first.ID, "Film"}) {
		t.Errorf("the first is %v", got)
	}
}
