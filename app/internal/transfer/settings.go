package transfer

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Settings are what the seller decides about uploads. They survive
// encoding/json; the zero value sends everything as fast as it goes.
type Settings struct {
	// Up is the limit in bytes a second for all uploads together; 0 for none.
	Up int64 `json:"up,omitempty"`
	// Parallel is how many files go at once; 0 for the program's default.
	Parallel int `json:"parallel,omitempty"`
	// Schedule has other limits for times of the day; the first span counts.
	Schedule []Span `json:"schedule,omitempty"`
	// Yield slows uploads down while they delay what others send.
	Yield bool `json:"yield,omitempty"`
	// Metered pauses all because the seller says so, PauseMetered while the
	// system says that the network counts what it carries.
	Metered      bool `json:"metered,omitempty"`
	PauseMetered bool `json:"pause_metered,omitempty"`

	Paused       bool     `json:"paused,omitempty"`        // all
	PausedGroups []string `json:"paused_groups,omitempty"` // all of an order
	PausedItems  []Item   `json:"paused_items,omitempty"`
	// First are the uploads that go before all others, in this order.
	First []Item `json:"first,omitempty"`
}

const (
	// MostParallel is how many files may go at once.
	MostParallel = 16
	// LeastUp is the lowest limit, in bytes a second. Below it a connection
	// looks dead to both sides.
	LeastUp = 1000
)

// Check returns why the settings cannot be used, or nil.
func (s Settings) Check() error {
	if s.Parallel < 0 || s.Parallel > MostParallel {
		return fmt.Errorf("%d files at once: 1 to %d are possible", s.Parallel, MostParallel)
	}
	if err := checkRate(s.Up); err != nil {
		return err
	}
	for _, span := range s.Schedule {
		if err := span.check(); err != nil {
			return err
		}
	}
	return nil
}

func checkRate(up int64) error {
	if up < 0 || up > 0 && up < LeastUp {
		return fmt.Errorf("a limit of %d bytes a second: %d is the least, 0 is none", up, LeastUp)
	}
	return nil
}

// Limit returns the limit that holds at t, by the clock on the wall of t's
// location; 0 for none.
func (s Settings) Limit(t time.Time) int64 {
	for _, span := range s.Schedule {
		if span.covers(t) {
			return span.Up
		}
	}
	return s.Up
}

// Holds reports whether the upload is paused by the seller: alone, with its
// group, or with all.
func (s Settings) Holds(item Item) bool {
	return s.Paused || s.Metered || slices.Contains(s.PausedGroups, item.Group) || slices.Contains(s.PausedItems, item)
}

// Pause pauses the uploads that target names: without a name a whole group,
// and without a group all.
func (s *Settings) Pause(target Item) {
	switch {
	case target.Group == "":
		s.Paused = true
	case target.Name == "":
		if !slices.Contains(s.PausedGroups, target.Group) {
			s.PausedGroups = append(s.PausedGroups, target.Group)
		}
	case !slices.Contains(s.PausedItems, target):
		s.PausedItems = append(s.PausedItems, target)
	}
}

// Resume lets the uploads that target names go on, whatever paused them
// within it. It fails when more than the target is paused.
func (s *Settings) Resume(target Item) error {
	switch {
	case target.Group == "":
		s.Paused, s.PausedGroups, s.PausedItems = false, nil, nil
		return nil
	case s.Paused:
		return errors.New("all uploads are paused; resume them all")
	case target.Name == "":
		s.PausedGroups = slices.DeleteFunc(s.PausedGroups, func(g string) bool { return g == target.Group })
		s.PausedItems = slices.DeleteFunc(s.PausedItems, func(i Item) bool { return i.Group == target.Group })
		return nil
	case slices.Contains(s.PausedGroups, target.Group):
		return errors.New("the whole order is paused; resume the order")
	}
	s.PausedItems = slices.DeleteFunc(s.PausedItems, func(i Item) bool { return i == target })
	return nil
}

// MoveToFront has the upload go before all others.
func (s *Settings) MoveToFront(item Item) { s.PutFirst([]Item{item}) }

// PutFirst has the uploads go before all others, in this order.
func (s *Settings) PutFirst(items []Item) {
	others := slices.DeleteFunc(s.First, func(i Item) bool { return slices.Contains(items, i) })
	s.First = append(slices.Clone(items), others...)
}

// Forget drops what is said about single uploads that gone reports as gone.
func (s *Settings) Forget(gone func(Item) bool) {
	s.PausedItems = slices.DeleteFunc(s.PausedItems, gone)
	s.First = slices.DeleteFunc(s.First, gone)
}
