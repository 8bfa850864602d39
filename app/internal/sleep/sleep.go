// Package sleep keeps the computer awake, and reports when it wakes up.
package sleep
