package workfolder

import "time"

// Tune changes what only tests change.
func Tune(c *Config, drop func(path string) bool, watchLimit int, scanning bool, poll, full time.Duration) {
	c.tuning.drop, c.tuning.watchLimit, c.tuning.scanning = drop, watchLimit, scanning
	c.tuning.poll, c.tuning.full = poll, full
}

// SetWall replaces the clock that people set.
func SetWall(c *Config, wall func() time.Time) { c.tuning.wall = wall }

// Copies makes Move copy as to another drive.
func Copies(c *Config) { c.tuning.copies = true }

// Fault keeps folders from being read.
func Fault(c *Config, fault func(path string) error) { c.tuning.fault = fault }
