package leftout

import (
	"io"
	"io/fs"
	"os"
	"runtime"
)

// headSize is how much of a file is read to detect a secret.
const headSize = 8 << 10

// Head returns the beginning of a regular file; nil if it cannot be read.
func Head(source string) []byte {
	if info, err := os.Stat(source); err != nil || !info.Mode().IsRegular() {
		return nil // opening a pipe would block
	}
	f, err := os.Open(source)
	if err != nil {
		return nil
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, headSize))
	if err != nil {
		return nil
	}
	return head
}

// Executable reports whether the mode of a file deliberately allows running it. On drives
// without modes every file has every right.
func Executable(m fs.FileMode) bool {
	return runtime.GOOS != "windows" && m&0o111 != 0 && m&0o002 == 0
}
