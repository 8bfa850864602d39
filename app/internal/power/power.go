// Package power keeps the computer awake while it must not sleep, and tells
// when it has woken up.
package power

// program is by which name the system knows who keeps it awake.
const program = "Handover"
