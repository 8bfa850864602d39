package transfer

import "time"

// Yielder is the search for a rate that leaves room, for a simulated line.
type Yielder struct{ y yielder }

// Next returns the rate after one more measurement.
func (y *Yielder) Next(trip time.Duration, moved float64) float64 { return y.y.next(trip, moved) }

// Sleeping reports whether a computer slept whose clocks went on so far.
func Sleeping(wall, own time.Duration) bool { return sleeping(wall, own) }
