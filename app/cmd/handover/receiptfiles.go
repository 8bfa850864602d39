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
)

// compareFiles compares the folder with the receipt, prints a line a file, and
// fails unless every file is there and the same. What else lies in the folder
// does not matter.
func compareFiles(ctx context.Context, w io.Writer, r receipt.Receipt, dir string) error {
	root, err := os.OpenRoot(dir) // a receipt can name anything; nothing outside is read
	if err != nil {
		return fmt.Errorf("open the folder of the files: %w", err)
	}
	defer root.Close()
	fmt.Fprintln(w)
	wrong := 0
	for _, f := range r.Files {
		found, err := compareFile(ctx, root, f)
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

// compareFile says how a file compares. It is looked for under its path, and
// else under its name alone, as a browser saves it.
func compareFile(ctx context.Context, root *os.Root, f receipt.File) (string, error) {
	name := filepath.FromSlash(f.Path)
	info, err := root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		name = path.Base(f.Path)
		info, err = root.Stat(name)
	}
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
