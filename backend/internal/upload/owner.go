package upload

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"handover/internal/atomicfile"
)

// ownerName is the file or object that names the records which content belongs
// to.
const ownerName = "owner"

// claim notes whose content this is, and refuses that of others: for these
// records it would belong to no upload, and be removed.
func (s *Service) claim() error {
	if s.Owner == "" {
		return nil
	}
	owner, err := s.media.owner(s.Owner)
	if err != nil {
		return fmt.Errorf("look whose files these are: %w", err)
	}
	if owner != s.Owner {
		return fmt.Errorf("the files belong to the orders in another database, and would be removed as nobody's; name that database, or, if this one has their orders, remove %q beside the files", ownerName)
	}
	return nil
}

// owner implements [medium].
func (d *folder) owner(mine string) (string, error) {
	raw, err := os.ReadFile(d.name(ownerName, ""))
	if !errors.Is(err, fs.ErrNotExist) {
		return strings.TrimSpace(string(raw)), err
	}
	return mine, atomicfile.Replace(d.name(ownerName, ""), atomicfile.Text(mine+"\n"))
}

// owner implements [medium]. Of two that come first at once one is refused.
func (b *bucket) owner(mine string) (string, error) {
	raw, err := b.get(ownerName)
	if errors.Is(err, fs.ErrNotExist) {
		if err = b.put(ownerName, bytes.NewReader([]byte(mine+"\n")), int64(len(mine)+1)); err == nil {
			raw, err = b.get(ownerName)
		}
	}
	return strings.TrimSpace(string(raw)), err
}
