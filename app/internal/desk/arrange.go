package desk

import "handover/app/internal/draft"

// Arrange puts the files of the draft into the seller's order for the delivery; nil
// removes that order. It ignores paths that are not in the draft. Files without a
// place come last.
func (d *Desk) Arrange(id string, paths []string) (draft.Draft, error) {
	return d.changed(d.drafts.Update(id, func(dr *draft.Draft) {
		has := names(*dr)
		dr.Arranged = nil
		for _, p := range paths {
			if has[p] {
				dr.Arranged, has[p] = append(dr.Arranged, p), false // once each
			}
		}
	}))
}

func paths(dr draft.Draft) []string {
	list := make([]string, len(dr.Files))
	for i, f := range dr.Files {
		list[i] = f.Path
	}
	return list
}

// names returns the set of paths of the draft's files.
func names(dr draft.Draft) map[string]bool {
	has := make(map[string]bool, len(dr.Files))
	for _, f := range dr.Files {
		has[f.Path] = true
	}
	return has
}

// ForgetNotice removes the notice of a queued delivery that was not made.
func (d *Desk) ForgetNotice(id string) (draft.Draft, error) {
	dr, err := d.drafts.Draft(id)
	if err != nil || dr.Notice == (draft.Fault{}) {
		return dr, err
	}
	return d.changed(d.drafts.Update(id, func(dr *draft.Draft) { dr.Notice = draft.Fault{} }))
}
