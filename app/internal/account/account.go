// Package account keeps the seller's sign-in: which server, who, and the token
// in the system's keyring, or in a file only the user can read where there is
// no keyring.
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

// Tokens keeps one token for one data folder.
type Tokens struct{ dir string }

// NewTokens returns the tokens of the data folder.
func NewTokens(dir string) Tokens { return Tokens{dir} }

// Save keeps the token in place of the one before.
func (t Tokens) Save(token string) error {
	if hasKeyring() && keyring.Set(service, t.name(), token) == nil {
		return t.removeFile()
	}
	if err := atomicfile.Replace(filepath.Join(t.dir, tokenFile), atomicfile.Text(token)); err != nil {
		return fmt.Errorf("keep the sign-in: %w", err)
	}
	return nil
}

// Load returns the token, "" when there is none.
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

// Delete forgets the token.
func (t Tokens) Delete() error {
	if hasKeyring() {
		// Nothing else can be done about a keyring that does not answer; the
		// server has ended the session by now.
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

// name tells the entries of different data folders apart.
func (t Tokens) name() string {
	if abs, err := filepath.Abs(t.dir); err == nil {
		return abs
	}
	return t.dir
}

// hasKeyring reports whether a keyring may be asked. Without a session bus the
// attempt would start a bus of its own on Linux, and leave it behind.
func hasKeyring() bool {
	return runtime.GOOS != "linux" || os.Getenv("DBUS_SESSION_BUS_ADDRESS") != ""
}
