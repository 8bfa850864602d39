package alerts

import (
	"context"
	"sync"
	"time"

	"handover/backend/order"
)

// Options configure alerts. Run calls the functions.
type Options struct {
	// Complete adds the order's title and buyer; false if they are unknown.
	Complete func(context.Context, News) (News, bool)
	// Wanted reports whether to alert the seller: the kind is switched on, and the
	// seller is not looking at the order.
	Wanted func(News) bool
	// Language returns the window's language: en, de.
	Language func() string
	Show     func(Alert)
}

// Alerts collects news and shows alerts. News that come together, such as after an outage,
// are shown together.
type Alerts struct {
	options Options
	some    chan struct{} // buffered signal, capacity 1

	mu      sync.Mutex
	waiting []News
	held    bool      // ignore events
	since   time.Time // ignore events from before
}

const (
	// settle is the pause in the news after which they are shown.
	settle = time.Second
	// patience is the longest time that news wait.
	patience = 5 * time.Second
	// most limits the news stored for a summary.
	most = 1000
)

// New returns alerts that wait for Run.
func New(o Options) *Alerts { return &Alerts{options: o, some: make(chan struct{}, 1)} }

// Hear adds an event. It returns at once.
func (a *Alerts) Hear(e order.Event) {
	a.mu.Lock()
	old := a.held || e.At.Before(a.since)
	a.mu.Unlock()
	if n, ok := Of(e); ok && !old {
		a.Add(n)
	}
}

// Hold ignores events until the returned function is called. Use it for events that the
// seller causes in the name of others.
func (a *Alerts) Hold() (release func()) {
	set := func(held bool) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.held, a.since = held, time.Now()
	}
	set(true)
	return func() { set(false) }
}

// Add adds news.
func (a *Alerts) Add(news ...News) {
	if len(news) == 0 {
		return
	}
	a.mu.Lock()
	a.waiting = append(a.waiting, news...)
	a.waiting = a.waiting[:min(most, len(a.waiting))]
	a.mu.Unlock()
	select {
	case a.some <- struct{}{}:
	default:
	}
}

// Run shows alerts until the context ends.
func (a *Alerts) Run(ctx context.Context) {
	for {
		select {
		case <-a.some:
		case <-ctx.Done():
			return
		}
		if !a.gather(ctx) {
			return
		}
		a.mu.Lock()
		news := a.waiting
		a.waiting = nil
		a.mu.Unlock()
		for _, alert := range Tell(a.wanted(ctx, news), a.options.Language()) {
			a.options.Show(alert)
		}
	}
}

// gather waits for a pause in the news; false if the context has ended.
func (a *Alerts) gather(ctx context.Context) bool {
	end := time.NewTimer(patience)
	defer end.Stop()
	rest := time.NewTimer(settle)
	defer rest.Stop()
	for {
		select {
		case <-a.some:
			rest.Reset(settle)
		case <-rest.C:
			return true
		case <-end.C:
			return true
		case <-ctx.Done():
			return false
		}
	}
}

func (a *Alerts) wanted(ctx context.Context, news []News) []News {
	var wanted []News
	for _, n := range news {
		if !a.options.Wanted(n) {
			continue
		}
		if n, ok := a.options.Complete(ctx, n); ok {
			wanted = append(wanted, n)
		}
	}
	return wanted
}
