package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"handover/backend/receipt"
	"handover/backend/safename"
)

// compareFiles compares the folder with the receipt and prints one line per file.
// It fails if a file is missing or different and ignores all other files.
func compareFiles(ctx context.Context, w io.Writer, r receipt.Receipt, dir string) error {
	root, err := os.OpenRoot(dir) // a receipt can name any path; read nothing outside the folder
	if err != nil {
		return fmt.Errorf("open the folder of the files: %w", err)
	}
	defer root.Close()
	fmt.Fprintln(w)
	wrong := 0
	unpacked := unpackedNames(r)
	for i, f := range r.Files {
		found, err := compareFile(ctx, root, f, f.Path, unpacked[i], path.Base(f.Path))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || found != "the same" {
			wrong++
		}
		if err != nil {
			found = err.Error()
		}
		fmt.Fprintf(w, "  %s: %s\n", plain(f.Path), plain(found))
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d files are not as they were delivered", wrong, len(r.Files))
	}
	_, err = fmt.Fprintf(w, "all %d files are as they were delivered\n", len(r.Files))
	return err
}

// unpackedNames returns the files' names in the zip of the delivery. A name differs
// from the path if some system cannot store the path.
func unpackedNames(r receipt.Receipt) []string {
	var paths []string
	for _, f := range r.Files {
		paths = append(paths, f.Path)
	}
	for _, l := range r.Symlinks {
		paths = append(paths, l.Path)
	}
	return safename.Paths(paths)
}

// compareFile returns the result for one file. It looks for the file's path, its
// name in the zip, and its base name, which browsers use.
func compareFile(ctx context.Context, root *os.Root, f receipt.File, names ...string) (string, error) {
	said := "missing"
	for _, name := range names {
		found, err := compareNamed(ctx, root, f, filepath.FromSlash(name))
		if err != nil || found == "the same" {
			return found, err
		}
		if said == "missing" {
			said = found
		}
	}
	return said, nil
}

func compareNamed(ctx context.Context, root *os.Root, f receipt.File, name string) (string, error) {
	info, err := root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "missing", nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "not a file", nil
	case info.Size() != f.Size:
		return fmt.Sprintf("other: %d bytes here, %d were delivered", info.Size(), f.Size), nil
	}
	file, err := root.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, untilDone{ctx, file}); err != nil {
		return "", err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != f.SHA256 {
		return "other: its SHA-256 is " + got, nil
	}
	return "the same", nil
}

// untilDone is a reader that ends with the context.
type untilDone struct {
	ctx context.Context
	io.Reader
}

func (r untilDone) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
