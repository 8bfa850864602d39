package upload

import (
	"errors"
	"fmt"
	"os"
)

// Ready returns nil when the folder can be written to and more than reserve
// bytes of its disk are free.
func (s *Service) Ready(reserve int64) error {
	probe, err := os.CreateTemp(s.Dir, "ready-*.tmp")
	if err != nil {
		return fmt.Errorf("the folder of uploads cannot be written to: %w", err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return fmt.Errorf("the folder of uploads cannot be written to: %w", err)
	}
	left, err := spaceLeft(s.Dir)
	if err != nil {
		return fmt.Errorf("ask how much space is left: %w", err)
	}
	if left < reserve {
		return fmt.Errorf("%d bytes are free on the disk of uploads; %d is the least", left, reserve)
	}
	return nil
}
