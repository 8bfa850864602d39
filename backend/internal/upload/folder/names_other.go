//go:build !windows

package folder

import "os"

// rename gives a file another name, also one that another file has.
func rename(from, to string) error { return os.Rename(from, to) }

// remove deletes a file.
func remove(name string) error { return os.Remove(name) }
