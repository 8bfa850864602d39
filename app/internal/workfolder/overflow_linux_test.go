package workfolder_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"handover/app/internal/workfolder"
)

// TestOverflow fills the system's queue of events, so that only its overflow
// tells of what happened then.
func TestOverflow(t *testing.T) {
	text, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	must(t, err)
	queue, err := strconv.Atoi(strings.TrimSpace(string(text)))
	must(t, err)
	stuck, freed := make(chan struct{}), make(chan struct{})
	stop := sync.OnceFunc(func() { close(stuck); <-freed })
	f := start(t, t.TempDir(), []string{"Film"}, func(c *workfolder.Config) {
		workfolder.Tune(c, func(path string) bool {
			if filepath.Base(path) == "stop" {
				stop()
			}
			return false
		}, 0, false, 0, 0)
	})
	dir := dirOf(t, f, "Film")
	a, b := write(t, "a", dir, "a"), write(t, "b", dir, "b")
	awaitFiles(t, f, "Film", "a", "b")
	write(t, "stop", dir, "stop")
	<-stuck
	for n := range queue { // two in turn, since equal events count as one
		when := time.Unix(int64(n), 0)
		must(t, os.Chtimes(a, when, when))
		must(t, os.Chtimes(b, when, when))
	}
	write(t, "late", dir, "late")
	close(freed)
	awaitFiles(t, f, "Film", "a", "b", "late", "stop")
	awaitDisk(t, f, "Film")
	write(t, "later", dir, "later")
	awaitFiles(t, f, "Film", "a", "b", "late", "later", "stop")
}
