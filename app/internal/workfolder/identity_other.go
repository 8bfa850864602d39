//go:build !linux

package workfolder

import (
	"os"
	"path/filepath"
	"time"

	"handover/app/internal/leftout"
)

// look is lstat of a name in an open folder. When the file was touched last is
// unknown here: Windows' Explorer sets the time of a copy before it has written
// it. So a file has to rest while it is watched.
func (d openDir) look(name string) (facts, error) {
	info, err := os.Lstat(filepath.Join(d.Name(), name))
	if err != nil {
		return facts{}, err
	}
	return facts{id: identity(info), regular: info.Mode().IsRegular(), executable: leftout.Executable(info.Mode()), touched: time.Now()}, nil
}
