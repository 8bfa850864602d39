package workfolder

import (
	"errors"
	"fmt"
	"path/filepath"
	"unicode/utf8"

	"handover/app/internal/leftout"
	"handover/app/internal/workfolder/place"
)

// ErrRulesChanged is returned when the ignore file differs from the text that the
// caller has read.
var ErrRulesChanged = errors.New("the ignore rules have changed since; read them again")

// SaveRules atomically replaces the text of the ignore file in a folder. before is
// the text that the caller has read; SaveRules returns ErrRulesChanged if the
// file has changed since.
func SaveRules(dir, before, text string) error {
	if len(text) > leftout.MaxIgnoreFile {
		return fmt.Errorf("the ignore rules are larger than %d KiB", leftout.MaxIgnoreFile>>10)
	}
	if !utf8.ValidString(text) {
		return errors.New("the ignore rules are not text in UTF-8")
	}
	now, err := leftout.Text(dir)
	switch {
	case err != nil:
		return err
	case now == text:
		return nil
	case now != before:
		return ErrRulesChanged
	}
	return place.WriteOwn(filepath.Join(dir, leftout.IgnoreFile), text)
}
