// Package install makes the program known to the system of the seller: that it
// opens links of its scheme, and starts when they sign in to the computer.
// Nothing needs more rights than theirs, and nothing is written that is there
// already.
package install

import (
	"bytes"
	"os"
)

// Program is the program that is made known.
type Program struct {
	// Path is where it is. It may be moved: the next start makes it known anew.
	Path string
	// Scheme is that of its links, such as handover for handover://.
	Scheme string
	// Hidden is the argument with which it starts without showing its window.
	Hidden string
	Icon   []byte // PNG of 256 by 256 points
}

// Here returns the running program.
func Here() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	// What a package manager replaces while it runs is named so by Linux.
	return string(bytes.TrimSuffix([]byte(path), []byte(" (deleted)"))), nil
}
