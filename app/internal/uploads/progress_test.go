package uploads_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/session"
	"handover/app/internal/uploads"
)

// However fast uploads move, a screen hears of it ten times a second in all,
// and of every order's last step.
func TestNoticesAreFew(t *testing.T) {
	home := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		last, count := map[string]time.Time{}, 0
		drafts, err := draft.Open(filepath.Join(home, "handover.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer drafts.Close()
		ctx, cancel := context.WithCancel(t.Context())
		bus, log := &change.Bus{}, slog.New(slog.DiscardHandler)
		bus.Listen(func(c change.Change) {
			mu.Lock()
			defer mu.Unlock()
			last[c.Order] = time.Now()
			count++
		})
		online := session.New(session.Options{Home: home, Drafts: drafts, Bus: bus, Log: log})
		u := uploads.New(uploads.Options{Home: home, Session: online, Drafts: drafts, Bus: bus, Log: log, Parallel: 1})
		if err := u.Start(ctx); err != nil {
			t.Fatal(err)
		}
		defer func() {
			cancel()
			u.Close()
		}()
		told := map[string]time.Time{}
		for i := range 10_000 {
			order := string(rune('a' + i%3))
			u.NotifySoon(order)
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
