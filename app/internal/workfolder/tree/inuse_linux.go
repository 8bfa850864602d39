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

// OpenForWriting returns the paths below root, among them those asked for, that
// another process has open for writing. It sees the processes of this user only;
// the system hides others. It costs as much as listing their open files.
func OpenForWriting(root string, _ iter.Seq[string]) map[string]bool {
	found := map[string]bool{}
	processes, err := os.ReadDir("/proc")
	if err != nil {
		return found
	}
	own, below := strconv.Itoa(os.Getpid()), strings.TrimRight(root, "/")+string(filepath.Separator)
	for _, p := range processes {
		if name := p.Name(); name[0] >= '0' && name[0] <= '9' && name != own {
			lookAt("/proc/"+name, below, found)
		}
	}
	return found
}

func lookAt(process, below string, found map[string]bool) {
	dir, err := os.Open(process + "/fd")
	if err != nil {
		return // it has ended, or is another user's
	}
	defer dir.Close()
	numbers, _ := dir.Readdirnames(-1) // what cannot be read is another's
	for _, n := range numbers {
		path, err := os.Readlink(process + "/fd/" + n)
		if err == nil && strings.HasPrefix(path, below) && !found[path] && writes(process+"/fdinfo/"+n) {
			found[path] = true
		}
	}
}

// writes reads the flags of an open file, which are octal (proc(5)).
func writes(fdinfo string) bool {
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
