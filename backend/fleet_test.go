package backend_test

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"flag"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"handover/backend/internal/store/postgres/pgtest"
	"handover/backend/internal/upload/s3test"
)

// fleetSeed repeats the chance of a run, as far as chance alone decides.
var fleetSeed = flag.Uint64("seed", 0, "what chance in TestFleet begins with; 0 for any")

const (
	fleetOrders  = 24 // HANDOVER_SOAK_UPLOADS overrides it
	fleetNodes   = 3
	fleetSellers = 5 // at work at the same time
	// fleetReview is so short that deadlines come while everything breaks.
	fleetReview = 5 * time.Second
	// fleetBlow is about how many bytes go up between two faults.
	fleetBlow = 12 << 20
	// fleetQuiet is how long nothing moves before the next fault comes anyway:
	// rarely, because clients then wait longer each time.
	fleetQuiet = 5 * time.Second
	// fleetAway is how long the database or the storage is away at most.
	fleetAway = 2 * time.Second
	// fleetOutage is after how many orders the database or the storage goes next.
	fleetOutage = 8
	// fleetPatience bounds the life of one order.
	fleetPatience = 3 * time.Minute
)

// fleet is three servers as operators run them, behind a load balancer, on one
// database and one storage, all of which break while sellers deliver with the
// command line as it is shipped and buyers answer.
type fleet struct {
	*testing.T
	seed     uint64
	began    time.Time
	client   string // the command line
	records  string // the address of the database
	database pgtest.Cluster
	storage  s3test.Service
	env      []string
	nodes    []*node
	balancer *balancer
	hooks    *hookBook
	sellers  []*fleetSeller

	mu    sync.Mutex
	lives []*fleetLife
	done  atomic.Int64 // orders that nobody does anything for any more
	again atomic.Int64 // runs of the command line that gave up

	kills, cuts, outages int
}

// Whatever breaks: every file arrives as it was, every delivery is made once,
// every deadline is honoured once, and everybody is told.
func TestFleet(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the programs")
	}
	orders := fleetOrders
	if v := os.Getenv("HANDOVER_SOAK_UPLOADS"); v != "" {
		var err error
		if orders, err = strconv.Atoi(v); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	f := newFleet(t)
	t.Logf("ready after %s", time.Since(began).Round(time.Millisecond))
	began = time.Now()
	f.fight(f.work(orders))
	fought := time.Since(began)
	if orders == fleetOrders {
		f.letLeasesEnd()
	}
	f.verify()
	t.Logf("%d orders, %d deliveries, %d bytes up; %d kills, %d connections cut, %d outages; %d requests, %d passed over a node, %d failed; the command line ran again %d times; %s under fire, %s until all was told",
		orders, f.deliveries(), f.balancer.up.Load(), f.kills, f.cuts, f.outages, f.balancer.requests.Load(), f.balancer.passed.Load(), f.balancer.failed.Load(), f.again.Load(),
		fought.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
}

// newFleet starts everything. What it starts ends with the test.
func newFleet(t *testing.T) *fleet {
	t.Helper()
	f := &fleet{T: t, began: time.Now(), seed: *fleetSeed, hooks: newHookBook(t)}
	f.database.Durable = true
	if f.seed == 0 {
		var raw [8]byte
		rand.Read(raw[:])
		f.seed = binary.LittleEndian.Uint64(raw[:])
	}
	t.Logf("-seed %d", f.seed)
	t.Cleanup(func() {
		if err := f.storage.Stop(); err != nil {
			t.Error(err)
		}
		if err := f.database.Stop(); err != nil {
			t.Error(err)
		}
	})
	server, client := programs(t)
	f.client = client
	// The services' own environment comes with the first bucket.
	bucket := f.storage.Bucket(t)
	f.records = f.database.Database(t)
	f.env = append(os.Environ(), "HANDOVER_DATABASE="+f.records, "HANDOVER_STORAGE="+bucket.Address(), "HANDOVER_WEBHOOK_SECRET="+noticesSecret)
	f.balancer = newBalancer(t)
	for i := range fleetNodes {
		f.nodes = append(f.nodes, newNode(t, f.chance("node", i), server, f.env,
			"--public-url", f.balancer.url, "--trust-proxy", "--review-period", fleetReview.String(),
			"--reserve", "0", "--storage-temp", "64MB", "--webhook", f.hooks.url))
	}
	f.addSellers()
	for _, n := range f.nodes {
		n.start()
	}
	f.balancer.serve(f.nodes)
	f.signIn()
	return f
}

// chance returns a source of chance for one of those who act.
func (f *fleet) chance(who string, number int) *mathrand.Rand {
	var key [32]byte
	copy(key[:], who)
	binary.LittleEndian.PutUint64(key[16:], f.seed)
	binary.LittleEndian.PutUint64(key[24:], uint64(number))
	return mathrand.New(mathrand.NewChaCha8(key))
}

// work has the sellers and buyers go through the lives of orders. ended is
// closed once all are through.
func (f *fleet) work(orders int) (ended <-chan struct{}) {
	all, next := make(chan struct{}), make(chan int)
	ctx, cancel := context.WithCancel(f.Context())
	var working sync.WaitGroup
	for _, s := range f.sellers {
		working.Go(func() {
			for number := range next {
				s.live(ctx, number)
				f.done.Add(1)
			}
		})
	}
	working.Go(func() {
		defer close(next)
		for number := range orders {
			select {
			case next <- number:
			case <-ctx.Done():
				return
			}
		}
	})
	go func() {
		working.Wait()
		close(all)
	}()
	f.Cleanup(func() { cancel(); <-all })
	return all
}

// fight breaks one thing after the other until the work is done.
func (f *fleet) fight(ended <-chan struct{}) {
	chance := f.chance("fight", 0)
	for {
		f.balancer.await(ended, chance.Int64N(2*fleetBlow), fleetQuiet)
		select {
		case <-ended:
			return
		default:
		}
		switch {
		case f.done.Load() >= int64(fleetOutage*(f.outages+1)):
			f.outage(chance)
		case chance.IntN(2) == 0:
			number := chance.IntN(len(f.nodes))
			f.note("kill node %d", number)
			f.nodes[number].kill()
			f.kills++
		default:
			f.note("cut a connection")
			f.cuts += f.balancer.cut(chance)
		}
	}
}

// outage takes the database and the storage away by turns: the one killed with
// all its processes, the other stopped.
func (f *fleet) outage(chance *mathrand.Rand) {
	away := time.After(time.Duration(chance.Int64N(int64(fleetAway)))) // any time will do
	f.outages++
	defer f.note("it is back")
	if f.outages%2 == 1 {
		f.note("kill the database")
		f.database.Kill(f.T)
		<-away
		f.database.Up(f.T)
		return
	}
	f.note("stop the storage")
	f.storage.Down(f.T)
	<-away
	f.storage.Up(f.T)
}

// note logs what happens, and when.
func (f *fleet) note(format string, args ...any) {
	f.Helper()
	f.Logf("%8.3f s: %s", time.Since(f.began).Seconds(), fmt.Sprintf(format, args...))
}
