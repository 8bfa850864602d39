package transfer

import (
	"slices"
	"time"
)

const (
	// tolerable is the delay that uploads may cause on the line. It is not noticeable,
	// but keeps the line busy.
	tolerable = 60 * time.Millisecond
	// trickle is the lowest rate of yielding uploads, in bytes per second.
	trickle = 16_000
	// oneMinimum is how many measurements make a minimum, and minima how many minima
	// count: the shortest round trip changes with the route.
	oneMinimum = 60
	minima     = 10
	// restart is the number of measurements after which the line is drained once, so
	// that the delay of these uploads does not count as the line's own.
	restart = 300
)

// yielder finds the rate at which uploads do not delay other traffic. It measures the
// round trips of small requests, which take longer when packets queue up. This is the
// idea of LEDBAT (RFC 6817), with a rate instead of a window.
type yielder struct {
	rate    float64 // bytes per second
	steady  bool    // the line was full once since the start or restart
	shorter []time.Duration
	count   int
}

// next returns the rate after one more measurement: a round trip and the recent speed of
// uploads.
func (y *yielder) next(trip time.Duration, moved float64) float64 {
	if y.count%restart == 0 {
		y.rate, y.steady = trickle, false
	}
	off := float64(tolerable-(trip-y.base(trip))) / float64(tolerable)
	switch {
	case off < 0:
		y.rate *= 1 + max(off, -1)/2
		y.steady = true
	case moved < y.rate/8: // no more data was waiting
	case y.steady:
		y.rate *= 1 + off/5
	default:
		y.rate *= 1 + off
	}
	y.rate = max(y.rate, trickle)
	return y.rate
}

// base returns the round trip of the idle line, as far as known.
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
