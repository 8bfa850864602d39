package transfer_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"handover/app/internal/transfer"
)

func TestHistory(t *testing.T) {
	start := time.Unix(1_800_000_000, 0)
	at := func(spans float64) time.Time {
		return start.Add(time.Duration(spans * float64(transfer.HistorySpan)))
	}
	var h transfer.History
	h.Add(at(0), 300)
	h.Add(at(0.5), 300)
	h.Add(at(2.1), 900)
	h.Add(at(3.1), 30) // the running span does not count yet

	rates := h.Rates(at(3.5))
	if len(rates) != transfer.HistorySpans {
		t.Fatalf("%d spans", len(rates))
	}
	if got, want := rates[len(rates)-4:], []float64{0, 200, 0, 300}; !slices.Equal(got, want) {
		t.Errorf("the last spans are %v, want %v", got, want)
	}
	if got, want := h.Rates(at(5.2))[95:], []float64{200, 0, 300, 10, 0}; !slices.Equal(got, want) {
		t.Errorf("later they are %v, want %v", got, want)
	}
	if rates := h.Rates(at(1000)); slices.Max(rates) != 0 {
		t.Errorf("long after the last byte: %v", rates)
	}
	h.Add(at(1000), 600)
	rates = h.Rates(at(1001))
	if rates[99] != 200 || slices.Max(rates[:99]) != 0 {
		t.Errorf("after a long rest: %v", rates)
	}
}

// Whatever comes when: what the history says is what moved.
func TestHistoryIsWhatMoved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h transfer.History
		now := time.Unix(1_800_000_000, 0)
		start := now
		moved := map[int64]int64{}
		h.Add(now, 0)
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(40*transfer.HistorySpan)).Draw(t, "pause")))
			bytes := rapid.Int64Range(0, 1000).Draw(t, "bytes")
			h.Add(now, bytes)
			moved[int64(now.Sub(start)/transfer.HistorySpan)] += bytes
		}
		latest := int64(now.Sub(start) / transfer.HistorySpan)
		for i, rate := range h.Rates(now) {
			n := latest - transfer.HistorySpans + int64(i)
			if want := float64(moved[n]) / transfer.HistorySpan.Seconds(); rate != want {
				t.Fatalf("span %d of %d: %v, want %v", n, latest, rate, want)
			}
		}
	})
}
