package transfer_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/app/internal/transfer"
)

// recorder runs uploads of a second each and notes their starts.
type recorder struct {
	mu      sync.Mutex
	started []string
}

func (r *recorder) run(ctx context.Context, i transfer.Item, _ func(int64)) error {
	r.mu.Lock()
	r.started = append(r.started, i.Group+"/"+i.Name)
	r.mu.Unlock()
	select {
	case <-time.After(time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.started
	r.started = nil
	return list
}

func TestWhatRunsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{}
		q := newQueue(1, r.run)
		defer q.Close()
		q.Apply(transfer.Settings{Paused: true})
		soon, late := time.Now().Add(time.Hour), time.Now().Add(time.Minute*90)
		for _, u := range []struct {
			group, name string
			size        int64
			due         time.Time
		}{
			{"never", "small", 1, time.Time{}}, {"late", "small", 1, late}, {"late", "front", 99, late},
			{"soon", "big", 100, soon}, {"soon", "small", 5, soon},
		} {
			q.Add(transfer.Item{Group: u.group, Name: u.name}, u.size<<22, u.due)
		}
		s := transfer.Settings{}
		s.MoveToFront(transfer.Item{Group: "never", Name: "small"})
		s.MoveToFront(transfer.Item{Group: "late", Name: "front"})
		q.Apply(s)
		for _, g := range []string{"soon", "late", "never"} {
			if err := q.Wait(t.Context(), g); err != nil {
				t.Fatal(err)
			}
		}
		want := []string{"late/front", "never/small", "soon/small", "soon/big", "late/small"}
		if diff := cmp.Diff(want, r.take()); diff != "" {
			t.Errorf("order of starts (-want +got):\n%s", diff)
		}
	})
}

func TestPauseInterruptsAndResumeGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{}
		q := newQueue(2, r.run)
		defer q.Close()
		one := transfer.Item{Group: "o", Name: "1"}
		q.Add(one, 1, time.Time{})
		q.Add(transfer.Item{Group: "o", Name: "2"}, 2, time.Time{})
		synctest.Wait()
		var s transfer.Settings
		s.Pause(one)
		q.Apply(s)
		synctest.Wait()
		if list := q.List(); list[0].Item.Name != "2" || list[0].State != transfer.Running || list[1].State != transfer.Paused {
			t.Errorf("one paused: %+v", list)
		}
		s.Pause(transfer.Item{})
		q.Apply(s)
		time.Sleep(time.Hour)
		if list := q.List(); len(list) != 2 || list[0].State != transfer.Paused || list[1].State != transfer.Paused {
			t.Errorf("all paused: %+v", list)
		}
		r.take()
		q.Add(one, 1, time.Time{}) // does not start what is paused
		if err := s.Resume(transfer.Item{}); err != nil {
			t.Fatal(err)
		}
		q.Apply(s)
		if err := q.Wait(t.Context(), "o"); err != nil {
			t.Fatal(err)
		}
		if got := r.take(); len(got) != 2 {
			t.Errorf("started after the pause: %v", got)
		}
	})
}

// An upload that ends in the moment in which it is paused has ended.
func TestPauseAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q *transfer.Queue
		calls := 0
		q = newQueue(1, func(context.Context, transfer.Item, func(int64)) error {
			calls++
			q.Apply(transfer.Settings{Paused: true})
			return nil
		})
		defer q.Close()
		q.Add(item("a"), 1, time.Time{})
		if err := q.Wait(t.Context(), "o"); err != nil {
			t.Fatal(err)
		}
		if calls != 1 {
			t.Errorf("%d calls", calls)
		}
	})
}

func TestParallelChangesWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now atomic.Int32
		q := newQueue(2, func(ctx context.Context, _ transfer.Item, _ func(int64)) error {
			now.Add(1)
			defer now.Add(-1)
			<-ctx.Done()
			return ctx.Err()
		})
		defer q.Close()
		for n := range 9 {
			q.Add(item(fmt.Sprint(n)), 2<<20, time.Time{})
		}
		for _, parallel := range []int{0, 5, 1, 9, 3} {
			q.Apply(transfer.Settings{Parallel: parallel})
			synctest.Wait()
			if want := int32(max(parallel, 2*(1-min(parallel, 1)))); now.Load() != want {
				t.Errorf("parallel %d: %d run, want %d", parallel, now.Load(), want)
			}
		}
	})
}

// Small files mostly wait for answers, so more of them go at once, beside the
// big ones; unless the seller has set a number.
func TestSmallOnesAreMoreAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(2, func(ctx context.Context, _ transfer.Item, _ func(int64)) error { <-ctx.Done(); return ctx.Err() })
		defer q.Close()
		running := func() (n int) {
			synctest.Wait()
			for _, s := range q.List() {
				if s.State == transfer.Running {
					n++
				}
			}
			return n
		}
		for n := range 4 {
			q.Add(item(fmt.Sprint("big", n)), 5<<20, time.Time{})
		}
		if got := running(); got != 2 {
			t.Errorf("%d big ones run", got)
		}
		for n := range 20 {
			q.Add(item(fmt.Sprint("small", n)), 1<<20, time.Time{})
		}
		if got := running(); got != 8 {
			t.Errorf("%d run", got)
		}
		for n := range 150 {
			q.Add(item(fmt.Sprint("tiny", n)), 64<<10, time.Time{})
		}
		if got := running(); got != 128 {
			t.Errorf("%d run", got)
		}
		q.Apply(transfer.Settings{Parallel: 3})
		if got := running(); got != 3 {
			t.Errorf("%d run of three", got)
		}
	})
}

func TestWakeTriesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls, moved atomic.Int32
		q := transfer.New(transfer.Options{
			Parallel: 1, Moved: func() { moved.Add(1) }, Metered: func(context.Context) bool { return false },
			Run: func(context.Context, transfer.Item, func(int64)) error {
				calls.Add(1)
				return fmt.Errorf("no network: %w", transfer.ErrLater)
			},
		})
		defer q.Close()
		q.Add(item("a"), 1, time.Time{})
		time.Sleep(5 * time.Minute)
		if list := q.List(); list[0].State != transfer.Retrying || !list[0].RetryAt.After(time.Now()) {
			t.Fatalf("%+v", list)
		}
		before := calls.Load()
		q.Wake()
		synctest.Wait()
		if calls.Load() != before+1 || moved.Load() != 1 {
			t.Errorf("%d tries, %d told", calls.Load()-before, moved.Load())
		}
	})
}

// In another network what waits is tried at once, and what runs begins anew on
// a connection of that network.
func TestAnotherNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var network atomic.Value
		network.Store("at home")
		var mu sync.Mutex
		calls := map[string]int{}
		q := transfer.New(transfer.Options{
			Parallel: 2, Metered: func(context.Context) bool { return false },
			Addresses: func() string { return network.Load().(string) },
			Run: func(ctx context.Context, i transfer.Item, _ func(int64)) error {
				mu.Lock()
				calls[i.Name]++
				mu.Unlock()
				if i.Name == "fails" {
					return fmt.Errorf("no network: %w", transfer.ErrLater)
				}
				<-ctx.Done()
				return ctx.Err()
			},
		})
		defer q.Close()
		q.Add(item("fails"), 1, time.Time{})
		q.Add(item("hangs"), 1, time.Time{})
		count := func() (fails, hangs int) {
			mu.Lock()
			defer mu.Unlock()
			return calls["fails"], calls["hangs"]
		}
		time.Sleep(10 * time.Minute) // by now it is tried once a minute at most
		fails, hangs := count()
		if hangs != 1 {
			t.Errorf("an upload that runs began %d times", hangs)
		}
		q.Retry()
		synctest.Wait()
		if f, h := count(); f != fails+1 || h != 1 {
			t.Errorf("%d more tries at once, and what ran began %d times", f-fails, h)
		}
		fails, _ = count()
		network.Store("on the train")
		time.Sleep(3*time.Second + time.Millisecond)
		if f, h := count(); f <= fails || h != 2 {
			t.Errorf("%d more tries, and what ran began %d times", f-fails, h)
		}
	})
}

func TestMeteredNetworkPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var metered atomic.Bool
		q := transfer.New(transfer.Options{
			Parallel: 1, Metered: func(context.Context) bool { return metered.Load() },
			Run: func(ctx context.Context, _ transfer.Item, _ func(int64)) error { <-ctx.Done(); return ctx.Err() },
		})
		defer q.Close()
		q.Add(item("a"), 1, time.Time{})
		state := func() transfer.State {
			time.Sleep(time.Minute)
			return q.List()[0].State
		}
		metered.Store(true)
		if got := state(); got != transfer.Running {
			t.Errorf("nobody asked for it: %s", got)
		}
		q.Apply(transfer.Settings{PauseMetered: true})
		if got := state(); got != transfer.Paused {
			t.Errorf("on a metered network: %s", got)
		}
		metered.Store(false)
		if got := state(); got != transfer.Running {
			t.Errorf("on another network: %s", got)
		}
		metered.Store(true)
		state()
		q.Apply(transfer.Settings{})
		if got := state(); got != transfer.Running {
			t.Errorf("when it does not matter any more: %s", got)
		}
	})
}

func TestTimeLeft(t *testing.T) {
	for _, tc := range []struct {
		bytes int64
		rate  float64
		want  time.Duration
		known bool
	}{
		{1000, 100, 10 * time.Second, true},
		{0, 100, 0, true},
		{1000, 0, 0, false},
		{-5, 100, 0, false},
		{5e9, 1, 0, false}, // a century is no answer
	} {
		if got, known := transfer.Left(tc.bytes, tc.rate); got != tc.want || known != tc.known {
			t.Errorf("%+v: %s, %v", tc, got, known)
		}
	}
}
