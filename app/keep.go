package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// keep lets the seller choose a file and writes it whole or not at all. It
// returns where it is, "" when the seller cancels.
func (p *Program) keep(name string, content []byte) (string, error) {
	path, err := p.window.SaveFile(name)
	if err != nil || path == "" {
		return "", err
	}
	if err := writeFile(path, content); err != nil {
		return "", fmt.Errorf("save %s: %w", filepath.Base(path), err)
	}
	return path, nil
}

// writeFile replaces the file at once: what was there before stays until all of
// the new one is on the disk.
func writeFile(path string, content []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".handover-*.partial")
	if err != nil {
		return err
	}
	_, err = temp.Write(content)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}
