// Package account stores the seller's sign-in: server, user, and the token in the system's
// keyring or, without a keyring, in a file that only the user can read.
package account

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/zalando/go-keyring"

	"handover/internal/atomicfile"
)

const (
	service   = "handover"
	tokenFile = "token"
)

// Tokens stores one token for one data folder.
type Tokens struct{ dir string }

// NewTokens returns the tokens of the data folder.
func NewTokens(dir string) Tokens { return Tokens{dir} }

// Save replaces the token.
func (t Tokens) Save(token string) error {
	if hasKeyring() && keyring.Set(service, t.name(), token) == nil {
		return t.removeFile()
	}
	if err := atomicfile.Replace(filepath.Join(t.dir, tokenFile), atomicfile.Text(token)); err != nil {
		return fmt.Errorf("store the sign-in: %w", err)
	}
	return nil
}

// Load returns the token; "" if none is stored.
func (t Tokens) Load() (string, error) {
	raw, err := os.ReadFile(filepath.Join(t.dir, tokenFile))
	if err == nil {
		return strings.TrimSpace(string(raw)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the sign-in: %w", err)
	}
	if !hasKeyring() {
		return "", nil
	}
	token, err := keyring.Get(service, t.name())
	if errors.Is(err, keyring.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("ask the keyring for the sign-in: %w", err)
	}
	return token, nil
}

// Delete deletes the token.
func (t Tokens) Delete() error {
	if hasKeyring() {
		// A keyring that does not respond cannot be helped; the server has ended the
		// session by now.
		_ = keyring.Delete(service, t.name())
	}
	return t.removeFile()
}

func (t Tokens) removeFile() error {
	err := os.Remove(filepath.Join(t.dir, tokenFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget the sign-in: %w", err)
	}
	return nil
}

// name distinguishes the entries of different data folders.
func (t Tokens) name() string {
	abs, err := filepath.Abs(t.dir)
	if err != nil {
		return t.dir
	}
	return abs
}

// hasKeyring reports whether a keyring may be used. On Linux without a session bus, the
// attempt would start a bus and leave it running.
func hasKeyring() bool {
	return runtime.GOOS != "linux" || os.Getenv("DBUS_SESSION_BUS_ADDRESS") != ""
}
