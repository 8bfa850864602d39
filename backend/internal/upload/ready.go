package upload

import (
	"errors"
	"fmt"
	"os"
)

// Ready returns nil when uploads can be stored: the folder can be written to and
// more than reserve bytes of its disk are free, or the bucket is there.
func (s *Service) Ready(reserve int64) error { return s.media.ready(reserve) }

func (d *folder) ready(reserve int64) error {
	probe, err := os.CreateTemp(d.dir, "ready-*.tmp")
	if err != nil {
		return fmt.Errorf("the folder of uploads cannot be written to: %w", err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return fmt.Errorf("the folder of uploads cannot be written to: %w", err)
	}
	left, err := spaceLeft(d.dir)
	if err != nil {
		return fmt.Errorf("ask how much space is left: %w", err)
	}
	if left < reserve {
		return fmt.Errorf("%d bytes are free on the disk of uploads; %d is the least", left, reserve)
	}
	return nil
}
