package transfer

import (
	"context"
	"math"
	"net"
	"slices"
	"strings"
	"time"
)

const (
	// beat is how often the queue checks the clock and the network.
	beat = 3 * time.Second
	// probing is how often it measures the line while uploads yield.
	probing = time.Second
	// hopeless is the round trip from which a probe counts as delayed by a full line.
	hopeless = 2 * time.Second
	// asleep is a difference between the wall clock and the monotonic clock that only
	// sleep causes. Clock adjustments are smaller.
	asleep = 20 * time.Second
)

// watch handles changes of the time of day and of the network, and detects sleep.
func (q *Queue) watch() {
	gap, network := newSleepDetector(time.Now()), q.options.Addresses()
	var y yielder
	var looked time.Time
	for {
		timer := time.NewTimer(q.pause())
		select {
		case <-timer.C:
		case <-q.ctx.Done():
			timer.Stop()
			return
		}
		now := time.Now()
		if now.Sub(looked) >= beat {
			looked = now
			here := q.options.Addresses()
			if slept := gap.slept(now); slept || here != network {
				network = here
				q.Wake()
			}
			q.checkMetered()
		}
		q.mu.Lock()
		rate := q.allowed(time.Now())
		yields := q.yields()
		q.mu.Unlock()
		if !yields {
			y = yielder{}
		} else {
			rate = min(rate, q.yield(&y))
		}
		q.limit.set(rate)
	}
}

// pause returns how long watch waits.
func (q *Queue) pause() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.yields() {
		return probing
	}
	return beat
}

// yields reports whether to measure the line. The caller holds the lock.
func (q *Queue) yields() bool {
	return q.settings.Yield && q.options.Probe != nil && q.running > 0
}

// yield measures the line and sets the rate that leaves room for other traffic.
func (q *Queue) yield(y *yielder) float64 {
	ctx, cancel := context.WithTimeout(q.ctx, hopeless)
	defer cancel()
	begin := time.Now()
	// A failed probe shows in its duration.
	_ = q.options.Probe(ctx)
	trip := time.Since(begin)
	return y.next(trip, q.Progress("").Rate)
}

// checkMetered pauses or resumes everything as the system reports a metered network.
func (q *Queue) checkMetered() {
	q.mu.Lock()
	cares := q.settings.PauseMetered
	q.mu.Unlock()
	metered := cares && q.options.Metered(q.ctx)
	q.mu.Lock()
	defer q.mu.Unlock()
	if metered != q.metered && cares == q.settings.PauseMetered {
		q.metered = metered
		q.enforce()
	}
}

// allowed returns the rate at a time in bytes per second, +Inf for no limit. The caller
// holds the lock.
func (q *Queue) allowed(t time.Time) float64 {
	if up := q.settings.Limit(t.Local()); up > 0 {
		return float64(up)
	}
	return math.Inf(1)
}

// systemAddresses identifies the networks by the computer's addresses in them.
func systemAddresses() string {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return ""
	}
	names := make([]string, 0, len(list))
	for _, a := range list {
		names = append(names, a.String())
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// sleepDetector detects that the computer slept: the wall clock advanced while the
// monotonic clock stopped.
type sleepDetector struct{ wall, own time.Time }

func newSleepDetector(now time.Time) *sleepDetector {
	return &sleepDetector{wall: now.Round(0), own: now}
}

// slept reports whether the computer slept since the previous call.
func (d *sleepDetector) slept(now time.Time) bool {
	wall, own := now.Round(0).Sub(d.wall), now.Sub(d.own)
	d.wall, d.own = now.Round(0), now
	return sleeping(wall, own)
}

// sleeping distinguishes sleep from a changed clock by how far both clocks advanced.
func sleeping(wall, own time.Duration) bool { return wall-own > asleep }
