package workfolder

import (
	"time"

	"handover/app/internal/content"
)

// Tune changes what only tests change.
func Tune(c *Config, drop func(path string) bool, watchLimit int, scanning bool, poll, full time.Duration) {
	c.tuning.drop, c.tuning.watchLimit, c.tuning.scanning = drop, watchLimit, scanning
	c.tuning.poll, c.tuning.full = poll, full
}

// SetWall replaces the clock that people set.
func SetWall(c *Config, wall func() time.Time) { c.tuning.wall = wall }

// Copies makes Move copy as to another drive.
func Copies(c *Config) { c.tuning.copies = true }

// Rest tells how long a file must not change that changed at these times.
func Rest(quiet time.Duration, changes ...time.Duration) time.Duration {
	var e entry
	for i, at := range changes {
		e.observed(seen{id: content.Identity{Size: int64(i)}}, at, quiet)
	}
	return e.due - e.since
}

// Fault keeps folders from being read.
func Fault(c *Config, fault func(path string) error) { c.tuning.fault = fault }
