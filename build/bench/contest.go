package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A way is one way to do the work: it starts its server on an empty folder and
// returns the server and a function that does the work once.
type way struct {
	name  string
	start func(ctx context.Context, b *bench, dir string) (*process, func(context.Context) (usage, error), error)
}

// A contest is the same work done in several ways. The first is ours.
type contest struct {
	name, work string
	prepare    func(b *bench) error
	ways       []way
	// least is the required speed of ours relative to each peer.
	least map[string]float64
}

// sample is one run.
type sample struct {
	wall           time.Duration
	client, server usage
}

// bench is what the contests share.
type bench struct {
	root    string // the checkout
	scratch string
	rounds  int
	big     int64 // bytes of the big file
	down    int64 // bytes of the downloaded file
	orders  int   // of the large database
	out     io.Writer
	seed    uint64
}

func (b *bench) bin(name string) string  { return filepath.Join(b.root, "bin", name) }
func (b *bench) peer(name string) string { return filepath.Join(b.root, ".cache/bench", name) }
func (b *bench) peers() string           { return filepath.Join(b.root, ".cache/bench") }
func (b *bench) file(name string) string { return filepath.Join(b.scratch, name) }

// longest is how long one run may take.
const longest = 10 * time.Minute

// hold runs the contest: the ways in turn, shuffled in each round, each on an empty
// folder. The first round warms the memory and does not count.
func (b *bench) hold(ctx context.Context, c contest) error {
	if err := c.prepare(b); err != nil {
		return err
	}
	samples := make([][]sample, len(c.ways))
	order := rand.New(rand.NewPCG(b.seed, 0))
	for round := range b.rounds + 1 {
		for _, i := range order.Perm(len(c.ways)) {
			s, err := b.once(ctx, c.ways[i])
			if err != nil {
				return fmt.Errorf("%s, %s: %w", c.name, c.ways[i].name, err)
			}
			fmt.Fprintf(os.Stderr, "%s %d/%d: %s %.2f s\n", c.name, round, b.rounds, c.ways[i].name, s.wall.Seconds())
			if round > 0 {
				samples[i] = append(samples[i], s)
			}
		}
	}
	b.report(c, samples)
	return nil
}

func (b *bench) once(ctx context.Context, w way) (s sample, err error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	dir, err := os.MkdirTemp(b.scratch, "run-")
	if err != nil {
		return s, err
	}
	defer os.RemoveAll(dir)
	server, work, err := w.start(ctx, b, dir)
	if err != nil {
		return s, err
	}
	defer server.stop()
	syncDisks() // so that this run does not wait for the writes of earlier runs
	if err := server.mark(); err != nil {
		return s, err
	}
	begin := time.Now()
	s.client, err = work(ctx)
	s.wall = time.Since(begin)
	if err != nil {
		said, _ := os.ReadFile(server.log)
		return s, fmt.Errorf("%w; the server said: %s", err, tail(said))
	}
	s.server, err = server.used()
	return s, err
}

func tail(log []byte) string { return string(log[max(0, len(log)-600):]) }

// report prints the medians, the spread, and how many times as fast ours is.
func (b *bench) report(c contest, samples [][]sample) {
	fmt.Fprintf(b.out, "\n### %s\n%s; %d rounds, medians\n\n", c.name, c.work, b.rounds)
	fmt.Fprintln(b.out, "| way | seconds (least–most) | ours is | at least | CPU s client + server | peak MB client, server above idle |")
	fmt.Fprintln(b.out, "|---|---|---|---|---|---|")
	ours := median(samples[0], func(s sample) float64 { return s.wall.Seconds() })
	for i, w := range c.ways {
		wall := func(s sample) float64 { return s.wall.Seconds() }
		lo := slices.MinFunc(samples[i], func(a, b sample) int { return cmp.Compare(a.wall, b.wall) })
		hi := slices.MaxFunc(samples[i], func(a, b sample) int { return cmp.Compare(a.wall, b.wall) })
		ratio, least := "", ""
		if i > 0 {
			ratio = fmt.Sprintf("%.2f × as fast", median(samples[i], wall)/ours)
		}
		if l, ok := c.least[w.name]; ok {
			least = fmt.Sprintf("%.1f ×", l)
		}
		fmt.Fprintf(b.out, "| %s | %.2f (%.2f–%.2f) | %s | %s | %.2f + %.2f | %.0f, %.0f |\n",
			w.name, median(samples[i], wall), lo.wall.Seconds(), hi.wall.Seconds(), ratio, least,
			median(samples[i], func(s sample) float64 { return s.client.cpu.Seconds() }),
			median(samples[i], func(s sample) float64 { return s.server.cpu.Seconds() }),
			median(samples[i], func(s sample) float64 { return float64(s.client.peak) / 1e6 }),
			median(samples[i], func(s sample) float64 { return float64(s.server.peak) / 1e6 }))
	}
}

func median(samples []sample, of func(sample) float64) float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// writeRandom makes a file that cannot be compressed or deduplicated.
func writeRandom(path string, size int64, seed uint64) error {
	if info, err := os.Stat(path); err == nil && info.Size() == size {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	var key [32]byte
	copy(key[:], fmt.Sprintf("%032d", seed))
	_, err = io.CopyN(f, rand.NewChaCha8(key), size)
	return errors.Join(err, f.Close())
}

// readAll brings a file into the page cache.
func readAll(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(io.Discard, f)
	return err
}

// field returns the word after a prefix in a text.
func field(text, prefix string) string {
	_, rest, _ := strings.Cut(text, prefix)
	word, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(word)
}
