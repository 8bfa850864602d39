package workfolder

import (
	"errors"
	"fmt"
	"path/filepath"
	"unicode/utf8"

	"handover/app/internal/leftout"
	"handover/app/internal/workfolder/place"
)

// ErrRulesChanged is returned when an ignore file is no longer what the caller
// has seen.
var ErrRulesChanged = errors.New("the ignore rules have been changed meanwhile; look at them again")

// SaveRules replaces the text of the ignore file in a folder, whole or not at
// all. before is what the caller has seen of it: ErrRulesChanged says that it is
// another one now.
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
