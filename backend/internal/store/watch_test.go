package store_test

import (
	"testing"

	"handover/backend/internal/store"
)

func TestWatchers(t *testing.T) {
	var w store.Watchers
	w.Notify("a") // with nobody there
	one, stopOne := w.Watch("a")
	two, stopTwo := w.Watch("a")
	other, stopOther := w.Watch("b")
	w.Notify("a")
	w.Notify("a")
	for name, got := range map[string]int{"the first": len(one), "the second": len(two), "another order's": len(other) + 1} {
		if got != 1 {
			t.Errorf("%s holds %d tokens", name, got)
		}
	}
	<-one
	w.NotifyAll()
	stopOne()
	w.Notify("a")
	if len(one) != 1 || len(two) != 1 || len(other) != 1 {
		t.Errorf("after all were told: %d, %d, %d", len(one), len(two), len(other))
	}
	stopTwo()
	stopOther()
}
