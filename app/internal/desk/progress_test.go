package desk_test

import (
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/desk"
)

// However fast uploads move, a screen hears of it ten times a second in all,
// and of every order's last step.
func TestNoticesAreFew(t *testing.T) {
	home := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		last, count := map[string]time.Time{}, 0
		d, err := desk.Open(desk.Options{Home: home, Parallel: 1, Log: slog.New(slog.DiscardHandler), Listen: func(c change.Change) {
			mu.Lock()
			defer mu.Unlock()
			last[c.Order] = time.Now()
			count++
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		told := map[string]time.Time{}
		for i := range 10_000 {
			order := string(rune('a' + i%3))
			desk.NotifySoon(d, order)
			told[order] = time.Now()
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		mu.Lock()
		defer mu.Unlock()
		if count > 105 || count < 90 {
			t.Errorf("%d notices in ten seconds", count)
		}
		for order, at := range told {
			if last[order].Before(at) {
				t.Errorf("the last step of %s was not told", order)
			}
		}
	})
}
