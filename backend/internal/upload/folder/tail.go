package folder

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"handover/backend/internal/upload/content"
)

// bootID identifies this run of the operating system. It is empty on a system without
// such an ID. Within one run, the bytes that a process wrote outlive the process even
// before they are on the disk.
func bootID() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id") // Linux
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(id))
}

// recoverTail keeps or cuts off the bytes beyond the durable offset. When only the server
// was killed, they are the client's bytes, and the client need not send them again. In
// any other case they may be wrong.
func (u *run) recoverTail() (content.Info, error) {
	size, err := u.d.Size(u.in.ID)
	if err != nil || size <= u.in.Offset {
		return u.in, err
	}
	if u.in.Boot == "" || u.in.Boot != u.d.boot || size > u.in.Size || u.in.Final() {
		return u.in, u.cutTail()
	}
	if err := u.keepTail(size); err != nil {
		u.d.Log.Warn("cannot keep the last bytes of an upload; the client sends them again", "upload", u.in.ID, "error", err)
		return u.in, u.cutTail()
	}
	return u.in, nil
}

func (u *run) keepTail(size int64) error {
	f, err := u.d.openData(u.in.ID)
	if err != nil {
		return err
	}
	defer f.Close() // synced by store
	h, err := u.resumeHash(f)
	if err != nil {
		return err
	}
	if _, err := io.Copy(h, io.NewSectionReader(f, u.in.Offset, size-u.in.Offset)); err != nil {
		return err
	}
	return u.store(f, h, size)
}

// cutTail removes bytes beyond the durable offset.
func (u *run) cutTail() error {
	f, err := u.d.openData(u.in.ID)
	if err != nil {
		return fmt.Errorf("upload %s: cut off its tail: %w", u.in.ID, err)
	}
	if err := errors.Join(f.Truncate(u.in.Offset), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("upload %s: cut off its tail: %w", u.in.ID, err)
	}
	return nil
}
