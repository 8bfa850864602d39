//go:build !linux

package tree

import (
	"os"
	"path/filepath"
	"time"

	"handover/app/internal/content"
	"handover/app/internal/leftout"
	"handover/app/internal/standin"
)

// stat is lstat of a name in an open folder. The time of the last change is unknown
// here, because Windows Explorer sets a copy's times before it writes the content.
// So every file must rest while it is watched.
func (d openDir) stat(name string) (facts, error) {
	path := filepath.Join(d.Name(), name)
	info, err := os.Lstat(path)
	if err != nil {
		return facts{}, err
	}
	f := facts{id: content.Seen(path, info), regular: info.Mode().IsRegular(), executable: leftout.Executable(info.Mode()), touched: time.Now()}
	if p, found := standin.Seen(info); found {
		f.away = p.Service
	}
	return f, nil
}
