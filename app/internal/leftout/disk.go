package leftout

import (
	"io"
	"io/fs"
	"os"
	"runtime"
)

// headSize is how much of a file is read to see whether it holds a secret.
const headSize = 8 << 10

// Head returns what a regular file begins with; nil when it cannot be read.
func Head(source string) []byte {
	if info, err := os.Stat(source); err != nil || !info.Mode().IsRegular() {
		return nil // opening a pipe would wait for its other end
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

// Executable reports whether the mode of a file says on purpose that the system
// may run it: drives without modes give every right to every file.
func Executable(m fs.FileMode) bool {
	return runtime.GOOS != "windows" && m&0o111 != 0 && m&0o002 == 0
}
