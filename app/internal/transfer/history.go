package transfer

import "time"

// The number and the length of the time spans in the history of the speed.
const (
	HistorySpans = 100
	HistorySpan  = 3 * time.Second
)

// history counts the bytes sent in each time span: the current one and those before it.
// Spans count from a start by the monotonic clock, so setting the wall clock has no
// effect.
type history struct {
	start time.Time
	bytes [HistorySpans + 1]int64 // by the number of the span, modulo the length
	last  int64                   // number of the latest span with bytes
}

func (h *history) add(now time.Time, bytes int64) {
	n := h.span(now)
	for ; h.last < n && n-h.last <= int64(len(h.bytes)); h.last++ {
		*h.at(h.last + 1) = 0
	}
	if h.last < n { // all stored spans are too old
		clear(h.bytes[:])
		h.last = n
	}
	*h.at(h.last) += bytes
}

func (h *history) span(now time.Time) int64 {
	if h.start.IsZero() {
		h.start = now
	}
	return int64(now.Sub(h.start) / HistorySpan)
}

func (h *history) at(n int64) *int64 { return &h.bytes[n%int64(len(h.bytes))] }

// rates returns the speed in each past span, in bytes per second, oldest first.
func (h *history) rates(now time.Time) []float64 {
	rates := make([]float64, HistorySpans)
	for i, n := 0, h.span(now)-HistorySpans; i < len(rates); i, n = i+1, n+1 {
		if n >= 0 && n <= h.last && n > h.last-int64(len(h.bytes)) {
			rates[i] = float64(*h.at(n)) / HistorySpan.Seconds()
		}
	}
	return rates
}

// History returns the total speed of all uploads, in bytes per second, in each of the
// last HistorySpans spans of HistorySpan, oldest first.
func (q *Queue) History() []float64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.history.rates(time.Now())
}
