package workfolder

import "time"

// Tune changes what only tests change.
func Tune(c *Config, drop func(path string) bool, watchLimit int, scanning bool, poll, full time.Duration) {
	c.tuning.drop, c.tuning.watchLimit, c.tuning.scanning = drop, watchLimit, scanning
	c.tuning.poll, c.tuning.full = poll, full
}

// SetWall replaces the clock that people set.
func SetWall(c *Config, wall func() time.Time) { c.tuning.wall = wall }
