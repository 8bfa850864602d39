// Package sleep keeps the computer awake while it must not sleep, and tells
// when it has woken up.
package sleep
