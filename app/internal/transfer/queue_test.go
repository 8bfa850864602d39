package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"handover/app/internal/transfer"
)

func newQueue(parallel int, run transfer.Run) *transfer.Queue {
	return transfer.New(transfer.Options{Run: run, Parallel: parallel, Metered: func(context.Context) bool { return false }})
}

func item(name string) transfer.Item { return transfer.Item{Group: "o", Name: name} }

func TestSmallFirstAndAFewAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var started []string
		var now, most atomic.Int32
		q := newQueue(2, func(_ context.Context, i transfer.Item, _ func(int64)) error {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			mu.Lock()
			started = append(started, i.Name)
			mu.Unlock()
			time.Sleep(time.Second)
			now.Add(-1)
			return nil
		})
		defer q.Close()
		for n, size := range []int64{50, 40, 30, 10, 20} {
			q.Add(item(fmt.Sprint(n)), size<<20, time.Time{})
			synctest.Wait() // the first two find the queue empty
		}
		if err := q.Wait(t.Context(), "o"); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"0", "1", "3", "4", "2"}, started, cmp.Transformer("set", pairs)); diff != "" {
			t.Errorf("order of starts (-want +got):\n%s", diff)
		}
		if most.Load() != 2 {
			t.Errorf("%d at once", most.Load())
		}
	})
}

// pairs drops the order between uploads that start in the same moment.
func pairs(s []string) map[string]int {
	m := map[string]int{}
	for i, name := range s {
		m[name] = i / 2
	}
	return m
}

func TestAFaultIsTriedAgainAndARefusalIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := map[string]int{}
		var mu sync.Mutex
		q := newQueue(1, func(_ context.Context, i transfer.Item, _ func(int64)) error {
			mu.Lock()
			defer mu.Unlock()
			calls[i.Name]++
			if i.Name == "refused" {
				return errors.New("over the limit")
			}
			if calls[i.Name] < 4 {
				return fmt.Errorf("no network: %w", transfer.ErrLater)
			}
			return nil
		})
		defer q.Close()
		begin := time.Now()
		q.Add(item("refused"), 1, time.Time{})
		q.Add(item("flaky"), 2, time.Time{})
		if err := q.Wait(t.Context(), "o"); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]int{"refused": 1, "flaky": 4}, calls); diff != "" {
			t.Error(diff)
		}
		if waited := time.Since(begin); waited < 4500*time.Millisecond || waited > 9*time.Second { // 1 + 3 + 5, less chance
			t.Errorf("waited %s", waited)
		}
	})
}

// What an upload found may be of a file that has changed since: the one for
// which it is added again must not get lost with its failure.
func TestAddedAgainWhileItFails(t *testing.T) {
	for _, tc := range []struct {
		name  string
		fault error
		again bool
		want  int
	}{
		{"a failure", errors.New("the file changed"), true, 2},
		{"a failure that may pass is not waited for", transfer.ErrLater, true, 2},
		{"only a failure", nil, true, 1},
		{"only when added again", errors.New("the file changed"), false, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				begin, fail := time.Now(), make(chan struct{})
				q := newQueue(1, func(context.Context, transfer.Item, func(int64)) error {
					if calls++; calls > 1 {
						return nil
					}
					<-fail
					return tc.fault
				})
				defer q.Close()
				q.Add(item("a"), 1, time.Time{})
				synctest.Wait()
				if tc.again {
					q.Add(item("a"), 1, time.Time{})
				}
				close(fail)
				if err := q.Wait(t.Context(), "o"); err != nil {
					t.Fatal(err)
				}
				if calls != tc.want || time.Since(begin) > 0 {
					t.Errorf("%d tries in %s", calls, time.Since(begin))
				}
			})
		})
	}
}

func TestRemoveEndsARunningUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended atomic.Bool
		q := newQueue(1, func(ctx context.Context, _ transfer.Item, _ func(int64)) error {
			<-ctx.Done()
			ended.Store(true)
			return ctx.Err()
		})
		defer q.Close()
		q.Add(item("a"), 1, time.Time{})
		synctest.Wait()
		q.Remove(item("a"))
		if !ended.Load() {
			t.Error("Remove returned before the upload had ended")
		}
		if err := q.Wait(t.Context(), "o"); err != nil {
			t.Fatal(err)
		}
	})
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, func(ctx context.Context, _ transfer.Item, sent func(int64)) error {
			sent(1_000_000) // what the server had already is no speed
			for n := int64(1); n <= 100; n++ {
				time.Sleep(100 * time.Millisecond)
				sent(1_000_000 + n*50_000)
			}
			<-ctx.Done()
			return ctx.Err()
		})
		defer q.Close()
		q.Add(item("a"), 10_000_000, time.Time{})
		time.Sleep(5*time.Second + time.Millisecond)
		p := q.Progress("o")
		if p.Sent["a"] != 3_500_000 || p.Rate < 490_000 || p.Rate > 510_000 {
			t.Errorf("progress %+v", p)
		}
		time.Sleep(15 * time.Second)
		if p := q.Progress("o"); p.Rate != 0 {
			t.Errorf("the rate is %v although nothing moves", p.Rate)
		}
	})
}

// The line agrees with a plain search for what is next, whatever happens.
func TestLineIsInOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			var started []string
			finish := make(chan struct{})
			q := newQueue(1, func(ctx context.Context, i transfer.Item, _ func(int64)) error {
				mu.Lock()
				started = append(started, i.Name)
				mu.Unlock()
				select {
				case <-finish:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
			defer q.Close()
			var settings transfer.Settings
			settings.Parallel = 1
			apply := func() { // the queue keeps what it gets
				given := settings
				given.PausedItems, given.First = slices.Clone(settings.PausedItems), slices.Clone(settings.First)
				q.Apply(given)
			}
			apply()
			name := rapid.StringMatching(`[a-h]`)
			for range rapid.IntRange(1, 30).Draw(rt, "steps") {
				it := item(name.Draw(rt, "name"))
				switch rapid.IntRange(0, 5).Draw(rt, "what") {
				case 0, 1:
					q.Add(it, int64(rapid.IntRange(1, 3).Draw(rt, "size")), time.Time{})
				case 2:
					q.Remove(it)
				case 3:
					settings.Pause(it)
					apply()
				case 4:
					if settings.Resume(it) == nil {
						settings.MoveToFront(it)
					}
					apply()
				case 5:
					synctest.Wait()
					list := q.List()
					if len(list) == 0 || list[0].State != transfer.Running {
						continue
					}
					// The list sorts all that wait: the first that is not paused is next.
					next := ""
					for _, s := range list[1:] {
						if s.State == transfer.Waiting {
							next = s.Item.Name
							break
						}
					}
					mu.Lock()
					before := len(started)
					mu.Unlock()
					finish <- struct{}{}
					synctest.Wait()
					mu.Lock()
					got := slices.Clone(started[before:])
					mu.Unlock()
					if next == "" && len(got) != 0 || next != "" && !slices.Equal(got, []string{next}) {
						t.Fatalf("started %q after the end of one, want %q", got, next)
					}
				}
			}
		})
	})
}
