package tree

import (
	"bytes"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// OpenForWriting returns the files below root that another process has open for
// writing. It sees only this user's processes. Its cost grows with the number of
// files that they have open.
func OpenForWriting(root string, _ iter.Seq[string]) map[string]bool {
	found := map[string]bool{}
	processes, err := os.ReadDir("/proc")
	if err != nil {
		return found
	}
	own, below := strconv.Itoa(os.Getpid()), strings.TrimRight(root, "/")+string(filepath.Separator)
	for _, p := range processes {
		if name := p.Name(); name[0] >= '0' && name[0] <= '9' && name != own {
			scanProcess("/proc/"+name, below, found)
		}
	}
	return found
}

func scanProcess(process, below string, found map[string]bool) {
	dir, err := os.Open(process + "/fd")
	if err != nil {
		return // the process has ended, or belongs to another user
	}
	defer dir.Close()
	numbers, _ := dir.Readdirnames(-1) // an error means that the process belongs to another user
	for _, n := range numbers {
		path, err := os.Readlink(process + "/fd/" + n)
		if err != nil || !strings.HasPrefix(path, below) || found[path] {
			continue
		}
		if isWriting(process + "/fdinfo/" + n) {
			found[path] = true
		}
	}
}

// isWriting reads the flags of an open file. They are octal, see proc(5).
func isWriting(fdinfo string) bool {
	text, err := os.ReadFile(fdinfo)
	if err != nil {
		return false
	}
	for line := range bytes.Lines(text) {
		value, ok := strings.CutPrefix(string(line), "flags:")
		if !ok {
			continue
		}
		flags, err := strconv.ParseUint(strings.TrimSpace(value), 8, 64)
		return err == nil && flags&syscall.O_ACCMODE != syscall.O_RDONLY
	}
	return false
}
