package transfer

import "time"

// The history of the speed has this many spans of this length.
const (
	HistorySpans = 100
	HistorySpan  = 3 * time.Second
)

// history counts the bytes that moved in each span of time, the running one
// and those before it. Spans are counted from a start, by the monotonic clock:
// setting the clock on the wall changes nothing.
type history struct {
	start time.Time
	bytes [HistorySpans + 1]int64 // by the number of the span, which goes round
	last  int64                   // number of the latest span with bytes
}

func (h *history) add(now time.Time, bytes int64) {
	n := h.span(now)
	for ; h.last < n && n-h.last <= int64(len(h.bytes)); h.last++ {
		*h.at(h.last + 1) = 0
	}
	if h.last < n { // all of them are over
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

// rates returns the bytes a second of the spans that are over, the oldest first.
func (h *history) rates(now time.Time) []float64 {
	rates := make([]float64, HistorySpans)
	for i, n := 0, h.span(now)-HistorySpans; i < len(rates); i, n = i+1, n+1 {
		if n >= 0 && n <= h.last && n > h.last-int64(len(h.bytes)) {
			rates[i] = float64(*h.at(n)) / HistorySpan.Seconds()
		}
	}
	return rates
}

// History returns how fast all uploads together went: bytes a second in each of
// the last HistorySpans spans of HistorySpan, the oldest first.
func (q *Queue) History() []float64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.history.rates(time.Now())
}
