package transfer

import (
	"slices"
	"time"
)

const (
	// tolerable is the delay that uploads may cause on the line. Below it
	// nobody notices; it is what keeps a line busy.
	tolerable = 60 * time.Millisecond
	// trickle is what an upload that yields keeps, in bytes a second.
	trickle = 16_000
	// oneMinimum is how many measurements make a minimum, and minima how many
	// of these count: routes change, and with them the shortest round trip.
	oneMinimum = 60
	minima     = 10
	// restart is after how many measurements the line is let run empty once, so
	// that the delay caused here is not taken for the line's own.
	restart = 300
)

// yielder finds the rate at which uploads do not get into the way of others.
// It watches round trips of small requests: they take longer when packets
// queue up, whoever sends them. This is the idea of LEDBAT (RFC 6817), with a
// rate in place of a window.
type yielder struct {
	rate    float64 // bytes a second
	steady  bool    // the line was full once since the (re)start
	shorter []time.Duration
	count   int
}

// next returns the rate after one more measurement: a round trip, and how fast
// uploads went lately.
func (y *yielder) next(trip time.Duration, moved float64) float64 {
	if y.count%restart == 0 {
		y.rate, y.steady = trickle, false
	}
	off := float64(tolerable-(trip-y.base(trip))) / float64(tolerable)
	switch {
	case off < 0:
		y.rate *= 1 + max(off, -1)/2
		y.steady = true
	case moved < y.rate/8: // there was nothing more to send
	case y.steady:
		y.rate *= 1 + off/5
	default:
		y.rate *= 1 + off
	}
	y.rate = max(y.rate, trickle)
	return y.rate
}

// base returns the round trip of the idle line, as far as it is known.
func (y *yielder) base(trip time.Duration) time.Duration {
	if y.count%oneMinimum == 0 {
		y.shorter = append(y.shorter, trip)
		if len(y.shorter) > minima {
			y.shorter = y.shorter[1:]
		}
	}
	y.count++
	last := &y.shorter[len(y.shorter)-1]
	*last = min(*last, trip)
	return slices.Min(y.shorter)
}
