// Command bench measures Handover's transfer against its peers, in turn in one
// run, and prints tables of ratios; BENCHMARKS.md says what they mean.
// build/bench/peers.sh installs the peers, `make bench` does all of it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// run runs the benchmark, or a peer that is part of this program.
func run(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "raw-receive":
			return rawReceive(args[1], args[2])
		case "raw-send":
			return rawSend(args[1], args[2])
		case "send-all":
			s := sender{endpoint: args[2], token: args[3], order: args[4], stored: args[5]}
			return s.sendAll(ctx, args[1])
		case "fetch":
			return fetchArgs(ctx, args[1:])
		}
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	rounds := flags.Int("rounds", 5, "rounds that count")
	big := flags.Int64("big", 4_000_000_000, "bytes of the big file")
	down := flags.Int64("down", 5_000_000_000, "bytes of the file that is downloaded")
	orders := flags.Int("orders", 1_000_000, "orders of the large database, in thousands")
	only := flags.String("only", "", "only the contests whose name matches this regular expression")
	against := flags.String("against", "", "only the peers whose name matches this regular expression")
	seed := flags.Uint64("seed", uint64(time.Now().UnixNano()), "of the order of the runs")
	if err := flags.Parse(args); err != nil {
		return err
	}
	selected, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	peers, err := regexp.Compile(*against)
	if err != nil {
		return err
	}
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "handover-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	b := &bench{root: root, scratch: scratch, rounds: *rounds, big: *big, down: *down, orders: *orders, out: os.Stdout, seed: *seed}
	for _, name := range []string{"handover", "handover-server"} {
		if _, err := os.Stat(b.bin(name)); err != nil {
			return errors.New("build the programs first: make cli server")
		}
	}
	return b.all(ctx, selected, peers)
}

func (b *bench) all(ctx context.Context, selected, peers *regexp.Regexp) error {
	for _, c := range contests() {
		if !selected.MatchString(c.name) {
			continue
		}
		c.ways = append(c.ways[:1], slices.DeleteFunc(c.ways[1:], func(w way) bool { return !peers.MatchString(w.name) })...)
		if err := b.hold(ctx, c); err != nil {
			return err
		}
	}
	if selected.MatchString("downloads") {
		if err := b.downloads(ctx); err != nil {
			return fmt.Errorf("downloads: %w", err)
		}
	}
	if selected.MatchString("database") {
		if err := b.database(ctx); err != nil {
			return fmt.Errorf("database: %w", err)
		}
	}
	if selected.MatchString("nodes") {
		if err := b.nodes(ctx); err != nil {
			return fmt.Errorf("nodes: %w", err)
		}
	}
	if selected.MatchString("kills") {
		return b.kills(ctx)
	}
	return nil
}

// contests are the tasks and the ways to do them.
func contests() []contest {
	bigFile := func(b *bench) string { return b.file("big.mov") }
	longFile := func(b *bench) string { return b.file("long.mov") }
	small := func(b *bench) string { return b.file("small") }
	return []contest{
		{
			name: "big", work: "one file of 4 GB (-big) over loopback", prepare: prepareBig,
			ways: []way{
				ours(bigFile), rawSockets(bigFile),
				tusJS("tus-js-client to tusd", 1, false, one(bigFile)),
				tusJS("the same, synced at the end", 1, true, one(bigFile)),
				rcloneWebDAV(bigFile), rcloneS3("rclone to an S3 server", startS3, bigFile),
			},
			least: map[string]float64{
				"raw sockets": 1, "tus-js-client to tusd": 1.4, "the same, synced at the end": 1.8,
				"rclone to rclone serve webdav": 2.5, "rclone to an S3 server": 5,
			},
		},
		{
			name: "s3", work: "one file (-big) over loopback, kept by an S3 server", prepare: prepareBig,
			ways: []way{
				oursOnS3("handover", startS3, delivering(bigFile)), oursOnS3("curl to handover", startS3, curling(bigFile)),
				rcloneS3("rclone, 4 parts of 16 MiB at once", startS3, bigFile, parts16...),
				rcloneS3("the same without its digest", startS3, bigFile, append(parts16, "--s3-disable-checksum")...),
				tusdS3("curl to tusd", startS3, bigFile),
			},
			least: map[string]float64{"rclone, 4 parts of 16 MiB at once": 0.9, "the same without its digest": 0.9},
		},
		{
			name: "s3lines", work: "the same, with 40 MB/s on each connection to the S3 server", prepare: prepareBig,
			ways: []way{
				oursOnS3("handover", startSlowS3, delivering(bigFile)), oursOnS3("curl to handover", startSlowS3, curling(bigFile)),
				rcloneS3("rclone, 4 parts of 16 MiB at once", startSlowS3, bigFile, parts16...),
				tusdS3("curl to tusd", startSlowS3, bigFile),
			},
			least: map[string]float64{"rclone, 4 parts of 16 MiB at once": 0.9},
		},
		{
			name: "small", work: "5,000 files of 16 KiB over loopback", prepare: prepareSmall,
			ways: []way{
				ours(small), tusJS("tus-js-client to tusd, 8 at once", 8, false, each(small)),
				rcloneWebDAV(small, "--transfers", "16", "--checkers", "16", "--no-traverse", "--webdav-pacer-min-sleep", "0"),
			},
			least: map[string]float64{"tus-js-client to tusd, 8 at once": 2, "rclone to rclone serve webdav": 2},
		},
		{
			name: "crowd", work: "100 uploads of 20 MB at once, durable, by the same plain client", prepare: prepareCrowd,
			ways:  []way{crowd("handover", "crowd", crowdOfOurs), crowd("tusd, each synced", "crowd", crowdOfTusd)},
			least: map[string]float64{"tusd, each synced": 1.1},
		},
		{
			name: "far", work: "one file of 100 MB over 50 ms of round trip and 1 % loss (as TCP Reno would fare)", prepare: prepareLong,
			ways: []way{
				longWay("handover", delivering(longFile)), longWay("curl, one PATCH", curling(longFile)),
			},
			least: map[string]float64{"curl, one PATCH": 2},
		},
	}
}

// parts16 are the usual settings for a fast copy with rclone.
var parts16 = []string{"--s3-upload-concurrency", "4", "--s3-chunk-size", "16M"}

func one(of func(*bench) string) func(*bench) ([]string, error) {
	return func(b *bench) ([]string, error) { return []string{of(b)}, nil }
}

func each(of func(*bench) string) func(*bench) ([]string, error) {
	return func(b *bench) ([]string, error) { return filepath.Glob(filepath.Join(of(b), "*")) }
}

func prepareBig(b *bench) error {
	return errors.Join(writeRandom(b.file("big.mov"), b.big, 0), readAll(b.file("big.mov")))
}

func prepareLong(b *bench) error { return writeRandom(b.file("long.mov"), 100_000_000, 1) }

func prepareSmall(b *bench) error { return b.writeMany("small", 5_000, 16<<10) }

func prepareCrowd(b *bench) error { return b.writeMany("crowd", 100, 20_000_000) }

func (b *bench) writeMany(folder string, count int, size int64) error {
	for i := range count {
		if err := writeRandom(filepath.Join(b.file(folder), fmt.Sprintf("%04d.bin", i)), size, uint64(i+2)); err != nil {
			return err
		}
	}
	return nil
}
