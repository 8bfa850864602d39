package workfolder_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"handover/app/internal/workfolder"
)

// BenchmarkFirstLook opens a work folder with 50,000 files in 500 orders and
// reports how long find takes for the same, how much memory is used, how soon a
// new file is reported after its quiet period, and what idling costs.
func BenchmarkFirstLook(b *testing.B) {
	const orders, perOrder = 500, 100
	root := b.TempDir()
	titles := make([]string, orders)
	for i := range titles {
		titles[i] = fmt.Sprintf("Order %03d", i)
	}
	f := open(b, root)
	setOrders(b, f, titles...)
	for _, title := range titles {
		dir := dirOf(b, f, title)
		for n := range perOrder {
			write(b, "content", dir, fmt.Sprintf("IMG_%04d.JPG", n))
		}
	}
	must(b, f.Close())
	settled := func(f *workfolder.Folder) func() string {
		return func() string {
			for _, title := range titles {
				s := snapshot(b, f, title)
				if len(s.Files) != perOrder || s.Files[perOrder-1].State != workfolder.Present {
					return title
				}
			}
			return ""
		}
	}
	time.Sleep(2 * time.Second) // the files have to be older than the quiet period
	find, first, scan := never, never, never
	for b.Loop() { // the best of each: others may use the processors, too
		find = min(find, took(func() { must(b, exec.Command("sh", "-c", "find "+root+` -printf '%s %T@\n' >/dev/null`).Run()) }))
		f = open(b, root, func(c *workfolder.Config) { c.Quiet = time.Second })
		first = min(first, took(func() { setOrders(b, f, titles...) }))
		await(b, settled(f))
		scan = min(scan, took(func() { must(b, f.Rescan(context.Background())) }))
		must(b, f.Close())
	}
	var peak, rest runtime.MemStats
	runtime.ReadMemStats(&peak)
	f = open(b, root, func(c *workfolder.Config) { c.Quiet = time.Second })
	setOrders(b, f, titles...)
	await(b, settled(f))
	runtime.GC()
	runtime.ReadMemStats(&rest)
	b.ReportMetric(float64(first)/float64(find), "first/find")
	b.ReportMetric(float64(scan)/float64(find), "rescan/find")
	b.ReportMetric(float64(find.Milliseconds()), "find-ms")
	b.ReportMetric(float64(rest.HeapAlloc)/1e6, "heap-MB")
	b.ReportMetric(float64(peak.Sys)/1e6, "sys-MB")
	b.ReportMetric(float64(late(b, f, titles[7]).Milliseconds()), "late-ms")
	b.ReportMetric(idle(), "idle-%")
	must(b, f.Close())
}

const never = time.Duration(1<<63 - 1)

func took(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

// late is how long after its quiet period a new file is reported.
func late(b *testing.B, f *workfolder.Folder, title string) time.Duration {
	name := filepath.Join(dirOf(b, f, title), "new.mov")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	must(b, os.WriteFile(name, []byte("new"), 0o644))
	start := time.Now()
	for {
		if _, err := f.Next(ctx); err != nil {
			b.Fatal(err)
		}
		for _, file := range snapshot(b, f, title).Files {
			if file.Path == "new.mov" && file.State == workfolder.Present {
				must(b, os.Remove(name))
				return time.Since(start) - time.Second
			}
		}
	}
}

// idle is the share of a processor that this process uses when nothing happens.
func idle() float64 {
	time.Sleep(3 * time.Second)
	const span = 10 * time.Second
	before := processorTime()
	time.Sleep(span)
	return float64(processorTime()-before) / float64(span) * 100
}

func processorTime() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
