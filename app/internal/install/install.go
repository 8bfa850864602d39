// Package install registers the program with the seller's system: it opens links of its
// scheme, and starts at sign-in. This needs no administrator's rights, and writes only
// changes.
package install

import (
	"bytes"
	"os"
)

// Program describes the program to register.
type Program struct {
	// Path is the program's file. If it moves, the next start registers it again.
	Path string
	// Scheme is the scheme of its links, such as handover for handover://.
	Scheme string
	// Hidden is the argument that starts it without showing its window.
	Hidden string
	Icon   []byte // PNG of 256 by 256 pixels
}

// Here returns the running program.
func Here() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	// Linux adds this suffix to the path of a running program whose file was replaced.
	return string(bytes.TrimSuffix([]byte(path), []byte(" (deleted)"))), nil
}
