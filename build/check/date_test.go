package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestShiftTo(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.June, 1, 8, 0, 0, 0, time.UTC)
	for date, want := range map[string]string{
		"+40d":                 "2026-07-11T08:00:00Z",
		"-1d":                  "2026-05-31T08:00:00Z",
		"leap-day":             "2028-02-29T12:00:00Z",
		"summer-time":          "2027-03-28T00:59:00Z",
		"winter-time":          "2026-10-25T00:59:00Z",
		"2031-01-02T03:04:05Z": "2031-01-02T03:04:05Z",
	} {
		shift, err := shiftTo(date, now)
		if got := now.Add(shift).Format(time.RFC3339); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", date, got, err, want)
		}
	}
	for _, date := range []string{"", "d", "tomorrow", "2026-13-01T00:00:00Z"} {
		if shift, err := shiftTo(date, now); err == nil {
			t.Errorf("%q: %s, want an error", date, shift)
		}
	}
}

// A program that is built with the shifted clock reads the date that its environment asks for.
func TestShiftedClock(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	overlay, err := shiftedClock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(dir, "main.go")
	program := "package main\n\nimport \"time\"\n\nfunc main() { print(time.Now().Format(time.DateOnly)) }\n"
	if err := os.WriteFile(source, []byte(program), 0o644); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay="+overlay, "-o", dir+"/now", source)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for seconds, days := range map[string]int{"": 0, "34560000": 400, "-86400": -1} {
		run := exec.CommandContext(t.Context(), dir+"/now")
		run.Env = append(os.Environ(), shiftVariable+"="+seconds)
		before := machineTime()
		out, err := run.CombinedOutput()
		// Midnight may pass meanwhile.
		first, last := before.AddDate(0, 0, days).Format(time.DateOnly), machineTime().AddDate(0, 0, days).Format(time.DateOnly)
		if got := string(out); err != nil || strings.Compare(got, first) < 0 || strings.Compare(got, last) > 0 {
			t.Errorf("%s seconds: %s, %v; want %s", seconds, got, err, first)
		}
	}
}

// machineTime is now for programs whose clock is not shifted; this one's may be.
func machineTime() time.Time {
	seconds, _ := strconv.Atoi(os.Getenv(shiftVariable))
	return time.Now().Add(-time.Duration(seconds) * time.Second)
}
