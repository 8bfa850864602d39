package workfolder

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// openForWriting returns those of the paths that another process has open for
// writing. It sees the processes of this user only; the system hides others.
// Its cost is that of listing open files, not that of the number of paths.
func openForWriting(paths map[string]bool) map[string]bool {
	found := map[string]bool{}
	if len(paths) == 0 {
		return found
	}
	processes, err := os.ReadDir("/proc")
	if err != nil {
		return found
	}
	own := strconv.Itoa(os.Getpid())
	for _, p := range processes {
		if name := p.Name(); name[0] >= '0' && name[0] <= '9' && name != own {
			lookAt("/proc/"+name, paths, found)
		}
	}
	return found
}

func lookAt(process string, paths, found map[string]bool) {
	dir, err := os.Open(process + "/fd")
	if err != nil {
		return // it has ended, or is another user's
	}
	defer dir.Close()
	numbers, _ := dir.Readdirnames(-1) // what cannot be read is another's
	for _, n := range numbers {
		path, err := os.Readlink(process + "/fd/" + n)
		if err == nil && paths[path] && !found[path] && writes(process+"/fdinfo/"+n) {
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
