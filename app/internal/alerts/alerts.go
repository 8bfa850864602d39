package alerts

import (
	"context"
	"sync"
	"time"

	"handover/backend/order"
)

// Options say how alerts are made. The functions are called by Run.
type Options struct {
	// Complete adds the order's title and buyer; false when it is not known.
	Complete func(context.Context, News) (News, bool)
	// Wanted says whether the seller is to be told: not of a kind that is off,
	// nor of the order that they are looking at.
	Wanted func(News) bool
	// Language returns that of the window: en, de.
	Language func() string
	Show     func(Alert)
}

// Alerts gathers news and has them shown. What comes together, such as after
// an outage, is told together.
type Alerts struct {
	options Options
	some    chan struct{} // holds a token while something waits

	mu      sync.Mutex
	waiting []News
	held    bool      // nothing is taken
	since   time.Time // what happened before is old
}

const (
	// settle is how long nothing must come until what there is is told.
	settle = time.Second
	// patience is how long the first of many waits at most.
	patience = 5 * time.Second
	// most is how many are kept for a summary.
	most = 1000
)

// New returns alerts that wait for Run.
func New(o Options) *Alerts { return &Alerts{options: o, some: make(chan struct{}, 1)} }

// Hear takes an event in. It returns at once.
func (a *Alerts) Hear(e order.Event) {
	a.mu.Lock()
	old := a.held || e.At.Before(a.since)
	a.mu.Unlock()
	if n, ok := Of(e); ok && !old {
		a.Add(n)
	}
}

// Hold has what happens from now on ignored until the returned function is
// called: the seller's own doing, in the name of others.
func (a *Alerts) Hold() (release func()) {
	set := func(held bool) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.held, a.since = held, time.Now()
	}
	set(true)
	return func() { set(false) }
}

// Add has news told.
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

// Run has alerts shown until the context ends.
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

// gather waits until no more come; false when the context has ended.
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
