package s3test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// program returns where versitygw is: in .cache/bin of the checkout, where
// `make .cache/bin/versitygw-VERSION` puts it. It is built there if it is not.
func program(ctx context.Context) (string, error) {
	root, err := checkout()
	if err != nil {
		return "", err
	}
	bin := filepath.Join(root, ".cache", "bin")
	path := filepath.Join(bin, "versitygw-"+Version)
	// It refuses requests of another time, so that tests on another date need
	// one of their own, built with the clock that GOFLAGS names then.
	if os.Getenv("HANDOVER_TEST_CLOCK_SHIFT") != "" {
		path += "-shifted"
	}
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return "", err
	}
	// Two packages may do this at once: each in a folder of its own.
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
