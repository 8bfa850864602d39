package foldersync

import (
	"context"

	"handover/app/internal/leftout"
	"handover/app/internal/problem"
	"handover/app/internal/workfolder"
)

// Rules returns the text of the work folder's ignore file; "" without one.
// Without a work folder it fails with problem.CodeFolderGone.
func (s *Sync) Rules() (string, error) {
	folder, err := s.usedFolder()
	if err != nil {
		return "", err
	}
	text, err := leftout.Text(folder)
	return text, Explain(err)
}

// SaveRules replaces the rules and applies them to drafts. before is the text that
// the seller edited; it fails with order.Conflict if the file has changed since. If
// lines can never match, it returns them and saves nothing.
func (s *Sync) SaveRules(ctx context.Context, before, text string) ([]leftout.RuleFault, error) {
	if faults := leftout.Check(text); len(faults) > 0 {
		return faults, nil
	}
	folder, err := s.usedFolder()
	if err != nil {
		return nil, err
	}
	if err := workfolder.SaveRules(folder, before, text); err != nil {
		return nil, Explain(err)
	}
	return nil, s.Rescan(ctx)
}

// usedFolder returns the path of the work folder.
func (s *Sync) usedFolder() (string, error) {
	settings, err := s.Settings()
	if err != nil {
		return "", err
	}
	if !workfolder.IsRoot(settings.Folder) {
		return "", &problem.Error{Code: problem.CodeFolderGone, Message: "there is no work folder at " + settings.Folder + "; turn it on first, or plug in its drive"}
	}
	return settings.Folder, nil
}
