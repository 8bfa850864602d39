package folder

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"handover/backend/internal/upload/content"
)

// bootID names this run of the operating system, or is empty where the system
// does not say. What a process has written outlives it as long as the system
// runs, on the disk or not.
func bootID() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id") // Linux
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(id))
}

// recoverTail decides about the bytes beyond the durable offset. When only the
// server was killed, they are what the client has sent, and are made durable:
// it need not send them again. After anything else nobody knows what they are.
func (d *Store) recoverTail(in content.Info, commit func(content.Info) error) (content.Info, error) {
	size, err := d.Size(in.ID)
	if err != nil || size <= in.Offset {
		return in, err
	}
	if in.Boot != "" && in.Boot == d.boot && size <= in.Size && !in.Final() {
		kept, err := d.keepTail(in, size, commit)
		if err == nil {
			return kept, nil
		}
		d.Log.Warn("what an upload had received before the last stop is lost and comes again", "upload", in.ID, "error", err)
	}
	return in, d.cutTail(in)
}

func (d *Store) keepTail(in content.Info, size int64, commit func(content.Info) error) (content.Info, error) {
	f, err := d.openData(in.ID)
	if err != nil {
		return in, err
	}
	defer f.Close() // store syncs
	u := &run{d: d, in: in, commit: commit}
	h, err := u.resumeHash(f)
	if err != nil {
		return in, err
	}
	if _, err := io.Copy(h, io.NewSectionReader(f, in.Offset, size-in.Offset)); err != nil {
		return in, err
	}
	err = u.store(f, h, size)
	return u.in, err
}

// cutTail removes bytes beyond the durable offset.
func (d *Store) cutTail(in content.Info) error {
	f, err := d.openData(in.ID)
	if err != nil {
		return fmt.Errorf("upload %s: cut off its tail: %w", in.ID, err)
	}
	if err := errors.Join(f.Truncate(in.Offset), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("upload %s: cut off its tail: %w", in.ID, err)
	}
	return nil
}
