//go:build !windows

package folder

import "os"

// rename gives a file another name. It replaces a file that has this name.
func rename(from, to string) error { return os.Rename(from, to) }

// remove deletes a file.
func remove(name string) error { return os.Remove(name) }
