//go:build unix

package pgtest

import (
	"os"
	"os/user"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// free returns the free bytes in a folder, 0 for a missing folder.
func free(dir string) uint64 {
	var st unix.Statfs_t
	if unix.Statfs(dir, &st) != nil {
		return 0
	}
	return st.Bavail * uint64(st.Bsize)
}

// servant returns the user for a server when the tests run as root, because
// PostgreSQL refuses to run as root: the user of the package, or else "nobody".
func servant() (uid, gid int, needed bool) {
	if os.Getuid() != 0 {
		return 0, 0, false
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		if err != nil {
			continue
		}
		if gid, err = strconv.Atoi(u.Gid); err != nil {
			continue
		}
		return uid, gid, true
	}
	return 0, 0, false
}

func giveAway(dir string) error {
	uid, gid, needed := servant()
	if !needed {
		return nil
	}
	return os.Chown(dir, uid, gid)
}

// unprivileged also puts the server in a separate process group, so an interrupt at
// the terminal reaches only the tests.
func unprivileged() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if uid, gid, needed := servant(); needed {
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return attr
}
