package desk

import (
	"context"

	"handover/app/internal/leftout"
	"handover/app/internal/problem"
	"handover/app/internal/workfolder"
)

// IgnoreRules returns the text of the work folder's ignore file; "" when it has
// none. Without a work folder it fails with problem.CodeFolderGone.
func (s *Sync) Rules() (string, error) {
	folder, err := s.usedFolder()
	if err != nil {
		return "", err
	}
	text, err := leftout.Text(folder)
	return text, explainFolder(err)
}

// SaveIgnoreRules replaces the rules, and has drafts follow them. before is the
// text that the seller began with: order.Conflict says that it was changed
// elsewhere meanwhile. Lines that can never match are returned, and nothing is
// saved then.
func (s *Sync) SaveRules(ctx context.Context, before, text string) ([]leftout.RuleFault, error) {
	if faults := leftout.Check(text); len(faults) > 0 {
		return faults, nil
	}
	folder, err := s.usedFolder()
	if err == nil {
		err = explainFolder(workfolder.SaveRules(folder, before, text))
	}
	if err == nil {
		err = s.Rescan(ctx)
	}
	return nil, err
}

// usedFolder is where the work folder is.
func (s *Sync) usedFolder() (string, error) {
	settings, err := s.Settings()
	if err == nil && !workfolder.IsRoot(settings.Folder) {
		err = &problem.Error{Code: problem.CodeFolderGone, Message: "there is no work folder at " + settings.Folder + "; turn it on first, or plug in its drive"}
	}
	return settings.Folder, err
}
