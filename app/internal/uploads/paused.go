package uploads

import (
	"slices"

	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/transfer"
)

// RequireNotPaused refuses a draft that would wait for paused uploads.
func (u *Uploader) RequireNotPaused(dr draft.Draft) error {
	settings, err := u.controls.Settings()
	if err != nil {
		return err
	}
	for _, f := range dr.Files {
		if f.State != draft.Verified && settings.Holds(transfer.Item{Group: dr.Order, Name: f.Path}) {
			return &problem.Error{Code: problem.CodePaused, Message: "uploads of this order are paused; resume them first"}
		}
	}
	return nil
}

// ForgetSettings removes the settings for the files of a draft that was delivered
// or discarded. A failure is harmless, because the settings apply to this order
// only.
func (u *Uploader) ForgetSettings(id string) {
	s, err := u.controls.Settings()
	mentions := func(i transfer.Item) bool { return i.Group == id }
	if err == nil && (slices.ContainsFunc(s.PausedItems, mentions) || slices.ContainsFunc(s.First, mentions) || slices.Contains(s.PausedGroups, id)) {
		s, err = u.controls.Change(func(s *transfer.Settings) error {
			s.Forget(mentions)
			s.PausedGroups = slices.DeleteFunc(s.PausedGroups, func(g string) bool { return g == id })
			return nil
		})
		err = u.apply(s, err)
	}
	if err != nil {
		u.options.Log.Warn("the settings of a former draft were not removed", "order", id, "error", err)
	}
}
