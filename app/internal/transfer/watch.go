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
	// beat is how often the queue looks at the clock and the network.
	beat = 3 * time.Second
	// probing is how often it measures the line while uploads yield.
	probing = time.Second
	// hopeless is when a probe counts as held up by a full line.
	hopeless = 2 * time.Second
	// asleep is a gap between the clock on the wall and the program's own that
	// only a sleeping computer makes. Clocks are set by less.
	asleep = 20 * time.Second
)

// watch looks after what changes by itself: the time of the day, the network,
// and whether the computer slept.
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
			q.lookAtMeter()
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

// pause is how long watch waits.
func (q *Queue) pause() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.yields() {
		return probing
	}
	return beat
}

// yields reports whether the line has to be measured. The caller holds the lock.
func (q *Queue) yields() bool {
	return q.settings.Yield && q.options.Probe != nil && q.running > 0
}

// yield measures the line and returns the rate that leaves room for others.
func (q *Queue) yield(y *yielder) float64 {
	ctx, cancel := context.WithTimeout(q.ctx, hopeless)
	defer cancel()
	begin := time.Now()
	// What went wrong shows in how long it took.
	_ = q.options.Probe(ctx)
	trip := time.Since(begin)
	return y.next(trip, q.Progress("").Rate)
}

// lookAtMeter pauses and resumes all with what the system says of the network.
func (q *Queue) lookAtMeter() {
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

// allowed is the rate at a time in bytes a second, +Inf for no limit. The
// caller holds the lock.
func (q *Queue) allowed(t time.Time) float64 {
	if up := q.settings.Limit(t.Local()); up > 0 {
		return float64(up)
	}
	return math.Inf(1)
}

// systemAddresses names the networks by the computer's addresses in them.
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

// sleepDetector notices that the computer slept: the clock on the wall went on,
// while the program's own stood still.
type sleepDetector struct{ wall, own time.Time }

func newSleepDetector(now time.Time) *sleepDetector {
	return &sleepDetector{wall: now.Round(0), own: now}
}

// slept reports whether the computer slept since it was last asked.
func (d *sleepDetector) slept(now time.Time) bool {
	wall, own := now.Round(0).Sub(d.wall), now.Sub(d.own)
	d.wall, d.own = now.Round(0), now
	return sleeping(wall, own)
}

// sleeping tells sleep from a clock that was set, by how far both went on.
func sleeping(wall, own time.Duration) bool { return wall-own > asleep }
