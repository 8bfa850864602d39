package transfer

import "time"

// Yielder is the search for a rate that leaves room, for a simulated line.
type Yielder struct{ y yielder }

// Next returns the rate after one more measurement.
func (y *Yielder) Next(trip time.Duration, moved float64) float64 { return y.y.next(trip, moved) }

// Sleeping reports whether a computer slept whose clocks went on so far.
func Sleeping(wall, own time.Duration) bool { return sleeping(wall, own) }

// History counts what moves, with a clock of the test's own.
type History struct{ h history }

// Add counts bytes.
func (h *History) Add(now time.Time, bytes int64) { h.h.add(now, bytes) }

// Rates returns the rates of the spans that are over.
func (h *History) Rates(now time.Time) []float64 { return h.h.rates(now) }
