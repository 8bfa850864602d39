package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// onDate is everything that runs tests, as if it were run at another time: programs built with Go read a clock that is
// shifted, and so do the tests in TypeScript with their pages, and the window's page by way of faketime. The machine's own clock
// stays as it is, and so does PostgreSQL's, which decides about nothing but spans.
func onDate(ctx context.Context, date string) (plan, error) {
	shift, err := shiftTo(date, time.Now())
	if err != nil {
		return plan{}, err
	}
	overlay, err := shiftedClock(ctx)
	if err != nil {
		return plan{}, err
	}
	library, err := faketime()
	if err != nil {
		return plan{}, err
	}
	seconds := strconv.FormatInt(int64(shift/time.Second), 10)
	env := []string{
		shiftVariable + "=" + seconds,
		"GOFLAGS=" + strings.TrimSpace(os.Getenv("GOFLAGS")+" -overlay="+overlay),
		"HANDOVER_TEST_PRELOAD=" + library, "FAKETIME=" + fmt.Sprintf("%+d", int64(shift/time.Second)),
		// Time that passes is real, and so are the times of files, which Go reads from the kernel.
		"FAKETIME_DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1",
	}
	p := everything(false) // no race depends on the date
	p.first = p.first.with(env)
	for i, l := range p.lanes {
		p.lanes[i] = l.filter(func(s step) bool { return s.tests }).with(env)
	}
	p.last = lane{programs()} // bin/ keeps no program with a clock that can be shifted
	return p, nil
}

// with returns the lane with additions to the environment of its steps.
func (l lane) with(env []string) lane {
	l = slices.Clone(l)
	for i := range l {
		l[i].env = env
	}
	return l
}

// shiftTo returns how far a date is from now. It understands a shift in days, the days on which calendars and clocks jump, and
// any time.
func shiftTo(date string, now time.Time) (time.Duration, error) {
	switch date {
	case "leap-day":
		return next(now, func(year int) time.Time { return time.Date(year, time.February, 29, 12, 0, 0, 0, time.UTC) }), nil
	case "summer-time": // a minute before the European Union's clocks jump
		return next(now, func(year int) time.Time { return lastSunday(year, time.March) }), nil
	case "winter-time":
		return next(now, func(year int) time.Time { return lastSunday(year, time.October) }), nil
	}
	if days, found := strings.CutSuffix(date, "d"); found {
		n, err := strconv.Atoi(days)
		if err != nil {
			return 0, fmt.Errorf("%q is no number of days", days)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	t, err := time.Parse(time.RFC3339, date)
	if err != nil {
		return 0, fmt.Errorf("%q is neither a time (RFC 3339), a shift such as +40d, leap-day, summer-time nor winter-time", date)
	}
	return t.Sub(now), nil
}

// next returns the time until the first date after now. In a year without 29 February, date gives 1 March, which is skipped.
func next(now time.Time, date func(year int) time.Time) time.Duration {
	for year := now.Year(); ; year++ {
		if t := date(year); t.After(now) && (t.Month() != time.March || t.Day() != 1) {
			return t.Sub(now)
		}
	}
}

func lastSunday(year int, month time.Month) time.Time {
	t := time.Date(year, month, 31, 0, 59, 0, 0, time.UTC)
	return t.AddDate(0, 0, -int(t.Weekday()))
}

// shiftVariable names the environment variable that a shifted clock reads: the seconds to add.
const shiftVariable = "HANDOVER_TEST_CLOCK_SHIFT"

// clockReading is the line in package time that asks the runtime for the time; the clock is shifted after it.
var clockReading = regexp.MustCompile(`(?m)^func Now\(\) Time \{\n\tsec, nsec, mono := runtimeNow\(\)\n`)

const clockShift = `
// testClockShift is added to the time by a build for tests on other dates.
var testClockShift = readTestClockShift()

func readTestClockShift() (seconds int64) {
	text, _ := syscall.Getenv("` + shiftVariable + `")
	negative := false
	for i := 0; i < len(text); i++ {
		if text[i] == '-' {
			negative = true
			continue
		}
		seconds = seconds*10 + int64(text[i]-'0')
	}
	if negative {
		return -seconds
	}
	return seconds
}
`

// shiftedClock writes a package time whose clock can be shifted, and returns the overlay file that puts it in the place of the
// standard library's (go help build). Programs under faketime see the machine's time, because Go asks the kernel directly.
func shiftedClock(ctx context.Context) (string, error) {
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("find the standard library: %w", err)
	}
	original := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	source, err := os.ReadFile(original)
	if err != nil {
		return "", err
	}
	place := clockReading.FindIndex(source)
	if place == nil {
		return "", errors.New("this Go's time.Now is not the one that date.go can shift")
	}
	var shifted bytes.Buffer
	shifted.Write(source[:place[1]])
	shifted.WriteString("\tif !runtimeIsBubbled() {\n\t\tsec += testClockShift\n\t}\n")
	shifted.Write(source[place[1]:])
	shifted.WriteString(clockShift)
	text := bytes.Replace(shifted.Bytes(), []byte("\nimport (\n"), []byte("\nimport (\n\t\"syscall\"\n"), 1)

	dir, err := filepath.Abs(".cache/clock")
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	replaced := filepath.Join(dir, "time.go")
	if err := os.WriteFile(replaced, text, 0o644); err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{original: replaced}})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, overlay, 0o644)
}

// faketime finds the library that shifts the clock of programs that are not Go's.
func faketime() (string, error) {
	found, _ := filepath.Glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
	if len(found) == 0 {
		return "", errors.New("libfaketime is missing (apt install faketime)")
	}
	return found[0], nil
}
