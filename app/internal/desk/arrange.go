package desk

import "handover/app/internal/draft"

// Arrange gives the files of the draft the seller's order, in which they are
// delivered; nil goes back to none. Paths that the draft does not have are left
// out, and files that are not named come after those that are.
func (d *Desk) Arrange(id string, paths []string) (draft.Draft, error) {
	return d.Changed(d.drafts.Update(id, func(dr *draft.Draft) {
		has := names(*dr)
		dr.Arranged = nil
		for _, p := range paths {
			if has[p] {
				dr.Arranged, has[p] = append(dr.Arranged, p), false // once each
			}
		}
	}))
}

// names are the paths of the draft's files.
func names(dr draft.Draft) map[string]bool {
	has := make(map[string]bool, len(dr.Files))
	for _, f := range dr.Files {
		has[f.Path] = true
	}
	return has
}
