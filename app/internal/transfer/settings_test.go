package transfer_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/app/internal/transfer"
)

func TestPauseAndResume(t *testing.T) {
	a, b, other := transfer.Item{Group: "o", Name: "a"}, transfer.Item{Group: "o", Name: "b"}, transfer.Item{Group: "p", Name: "a"}
	group, all := transfer.Item{Group: "o"}, transfer.Item{}
	for _, tc := range []struct {
		name          string
		pause, resume []transfer.Item
		held          []transfer.Item
		refused       bool
	}{
		{"nothing", nil, nil, nil, false},
		{"one", []transfer.Item{a, a}, nil, []transfer.Item{a}, false},
		{"one and back", []transfer.Item{a}, []transfer.Item{a}, nil, false},
		{"an order", []transfer.Item{group, group}, nil, []transfer.Item{a, b}, false},
		{"an order and back, with one in it", []transfer.Item{a, group}, []transfer.Item{group}, nil, false},
		{"one of a paused order", []transfer.Item{group}, []transfer.Item{a}, []transfer.Item{a, b}, true},
		{"all", []transfer.Item{all}, nil, []transfer.Item{a, b, other}, false},
		{"all and back, with others", []transfer.Item{a, group, all}, []transfer.Item{all}, nil, false},
		{"an order of all", []transfer.Item{all}, []transfer.Item{group}, []transfer.Item{a, b, other}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var s transfer.Settings
			for _, target := range tc.pause {
				s.Pause(target)
			}
			refused := false
			for _, target := range tc.resume {
				refused = s.Resume(target) != nil
			}
			if refused != tc.refused {
				t.Errorf("refused: %v", refused)
			}
			// As it is stored.
			raw, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			s = transfer.Settings{}
			if err := json.Unmarshal(raw, &s); err != nil {
				t.Fatal(err)
			}
			var held []transfer.Item
			for _, i := range []transfer.Item{a, b, other} {
				if s.Holds(i) {
					held = append(held, i)
				}
			}
			if diff := cmp.Diff(tc.held, held); diff != "" {
				t.Error(diff)
			}
		})
	}
	s := transfer.Settings{Metered: true}
	if !s.Holds(a) {
		t.Error("a metered network does not pause")
	}
}

func TestCheckSettings(t *testing.T) {
	for name, s := range map[string]transfer.Settings{
		"a negative limit":     {Up: -1},
		"a limit near nothing": {Up: 999},
		"too many at once":     {Parallel: 17},
		"fewer than none":      {Parallel: -1},
		"an empty span":        {Schedule: []transfer.Span{{From: 60, To: 60}}},
		"beyond the day":       {Schedule: []transfer.Span{{From: 60, To: 1441}}},
		"a bad limit in it":    {Schedule: []transfer.Span{{From: 60, To: 120, Up: 5}}},
	} {
		if s.Check() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	good := transfer.Settings{Up: 1000, Parallel: 16, Schedule: []transfer.Span{{From: 22 * 60, To: 6 * 60}, {From: 0, To: 1440, Up: 2e6}}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
}

func TestClock(t *testing.T) {
	for s, want := range map[string]transfer.Clock{"00:00": 0, "9:05": 545, "09:05": 545, "23:59": 1439, "24:00": 1440} {
		if got, err := transfer.ParseClock(s); err != nil || got != want {
			t.Errorf("%s: %d, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "9", "24:01", "25:00", "12:60", "-1:00", "12:00x", " 12:00", "12:5", "012:00", "１２:00"} {
		if got, err := transfer.ParseClock(s); err == nil {
			t.Errorf("%q is %s", s, got)
		}
	}
}

// The clock on the wall decides, also on the days on which it is changed.
func TestScheduleGoesByTheWall(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones here: ", err)
	}
	s := transfer.Settings{Up: 5_000_000, Schedule: []transfer.Span{
		{From: 9 * 60, To: 18 * 60, Up: 1_000_000},
		{From: 22 * 60, To: 150, Up: 0}, // over midnight, to 02:30
	}}
	for utc, want := range map[string]int64{
		"2026-01-15T07:59:59Z": 5_000_000, // 08:59 in winter
		"2026-01-15T08:00:00Z": 1_000_000,
		"2026-07-15T06:59:59Z": 5_000_000, // 08:59 in summer
		"2026-07-15T07:00:00Z": 1_000_000,
		"2026-07-15T15:59:59Z": 1_000_000,
		"2026-07-15T16:00:00Z": 5_000_000,
		"2026-07-15T20:00:00Z": 0,
		"2026-07-15T23:00:00Z": 0,         // 01:00
		"2026-10-25T00:15:00Z": 0,         // 02:15, the first time
		"2026-10-25T00:45:00Z": 5_000_000, // 02:45, the first time
		"2026-10-25T01:15:00Z": 0,         // 02:15 again
		"2026-10-25T01:45:00Z": 5_000_000, // 02:45 again
		"2026-03-29T00:59:00Z": 0,         // 01:59; the next minute is 03:00
		"2026-03-29T01:00:00Z": 5_000_000,
	} {
		at, err := time.Parse(time.RFC3339, utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Limit(at.In(berlin)); got != want {
			t.Errorf("at %s: %d, want %d", at.In(berlin), got, want)
		}
	}
}
