package shell

import (
	"sync"

	"handover/app/internal/deeplink"
)

// Request is a page that a link, a notification or the tray asks the window to
// show.
type Request struct {
	Kind  string // "" for none, ShowOrder, ShowOrders
	Order string // ID, for ShowOrder
	// Unusable is set when a link to a missing order led here.
	Unusable bool
}

// The kinds of requests.
const (
	ShowOrder  = "order"
	ShowOrders = "orders" // the list
)

// requests holds the newest request until the page takes it: a link may come
// before the page has loaded, or before the seller signs in.
type requests struct {
	mu     sync.Mutex
	latest Request
}

// parse stores the request in the arguments of a start; false when they have none.
func (r *requests) parse(args []string) bool {
	link := deeplink.In(args)
	if link == "" {
		return false
	}
	id, err := deeplink.Parse(link)
	if err != nil {
		r.put(Request{Kind: ShowOrders, Unusable: true})
		return true
	}
	r.put(Request{Kind: ShowOrder, Order: id})
	return true
}

func (r *requests) put(what Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.latest = what
}

func (r *requests) take() Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	what := r.latest
	r.latest = Request{}
	return what
}

// TakeRequest returns the newest request, once.
func (s *Shell) TakeRequest() Request { return s.requests.take() }

// StartedAgain handles the arguments of a second start while this program runs.
func (s *Shell) StartedAgain(args []string) {
	if s.requests.parse(args) {
		s.window.Emit("asked")
	}
	s.bringUp()
}

// show brings a request to the front.
func (s *Shell) show(what Request) {
	s.requests.put(what)
	s.window.Emit("asked")
	s.bringUp()
}
