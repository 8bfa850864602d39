package transfer

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Settings are the seller's settings for uploads. They can be encoded as JSON. The zero
// value sends everything without a limit.
type Settings struct {
	// Up is the limit in bytes per second for all uploads together; 0 for no limit.
	Up int64 `json:"up,omitempty"`
	// Parallel is how many files are sent at once; 0 for the program's default.
	Parallel int `json:"parallel,omitempty"`
	// Schedule has other limits for parts of the day; the first matching span counts.
	Schedule []Span `json:"schedule,omitempty"`
	// Yield slows uploads down while they delay other traffic.
	Yield bool `json:"yield,omitempty"`
	// Metered says that the seller considers the network metered, which pauses all
	// uploads. PauseMetered pauses them while the system reports a metered network.
	Metered      bool `json:"metered,omitempty"`
	PauseMetered bool `json:"pause_metered,omitempty"`

	Paused       bool     `json:"paused,omitempty"`        // all uploads
	PausedGroups []string `json:"paused_groups,omitempty"` // all uploads of an order
	PausedItems  []Item   `json:"paused_items,omitempty"`
	// First are the uploads to run before all others, in this order.
	First []Item `json:"first,omitempty"`
}

const (
	// MostParallel is the largest number of files sent at once.
	MostParallel = 16
	// LeastUp is the lowest limit, in bytes per second. Below it both sides consider a
	// connection dead.
	LeastUp = 1000
)

// Check returns why the settings are invalid, or nil.
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
		return fmt.Errorf("a limit of %d bytes per second is too low; use at least %d, or 0 for no limit", up, LeastUp)
	}
	return nil
}

// Limit returns the limit at t, by the wall clock in t's location; 0 for no limit.
func (s Settings) Limit(t time.Time) int64 {
	for _, span := range s.Schedule {
		if span.covers(t) {
			return span.Up
		}
	}
	return s.Up
}

// Holds reports whether the seller has paused the upload, its group, or everything.
func (s Settings) Holds(item Item) bool {
	return s.Paused || s.Metered || slices.Contains(s.PausedGroups, item.Group) || slices.Contains(s.PausedItems, item)
}

// Pause pauses the target: one upload, a whole group if it has no name, or everything if
// it has no group.
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

// Resume resumes the target and everything within it. It fails if a pause covers more
// than the target.
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

// MoveToFront runs the upload before all others.
func (s *Settings) MoveToFront(item Item) { s.PutFirst([]Item{item}) }

// PutFirst runs the uploads before all others, in this order.
func (s *Settings) PutFirst(items []Item) {
	others := slices.DeleteFunc(s.First, func(i Item) bool { return slices.Contains(items, i) })
	s.First = append(slices.Clone(items), others...)
}

// Forget drops the settings of single uploads for which gone returns true.
func (s *Settings) Forget(gone func(Item) bool) {
	s.PausedItems = slices.DeleteFunc(s.PausedItems, gone)
	s.First = slices.DeleteFunc(s.First, gone)
}
