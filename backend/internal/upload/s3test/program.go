package s3test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// program returns the path of versitygw in .cache/bin of the checkout, where
// `make .cache/bin/versitygw-VERSION` puts it. It builds a missing program.
func program(ctx context.Context) (string, error) {
	root, err := checkout()
	if err != nil {
		return "", err
	}
	bin := filepath.Join(root, ".cache", "bin")
	path := filepath.Join(bin, "versitygw-"+Version)
	// versitygw refuses requests with another time. Tests on another date therefore
	// build their own versitygw with the clock in their GOFLAGS.
	if os.Getenv("HANDOVER_TEST_CLOCK_SHIFT") != "" {
		path += "-shifted"
	}
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return "", err
	}
	// Two packages may build at the same time, each in its own folder.
	work, err := os.MkdirTemp(bin, "build")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	build := exec.CommandContext(ctx, "go", "install", "-buildvcs=false", module+"@"+Version)
	build.Dir, build.Env = work, append(os.Environ(), "GOBIN="+work)
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build versitygw: %w\n%s", err, out)
	}
	return path, os.Rename(filepath.Join(work, "versitygw"), path)
}

// checkout returns the folder of go.mod.
func checkout() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the test")
		}
		dir = parent
	}
}
