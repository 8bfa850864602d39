package app

import (
	"fmt"
	"path/filepath"

	"handover/internal/atomicfile"
)

// keep lets the seller choose a file and writes it whole or not at all. It
// returns where it is, "" when the seller cancels.
func (p *Program) keep(name string, content []byte) (string, error) {
	path, err := p.window.SaveFile(name)
	if err != nil || path == "" {
		return "", err
	}
	if err := atomicfile.Replace(path, atomicfile.Text(string(content))); err != nil {
		return "", fmt.Errorf("save %s: %w", filepath.Base(path), err)
	}
	return path, nil
}
