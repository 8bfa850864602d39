package desk

import (
	"cmp"
	"slices"

	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/transfer"
)

// outside are files that are in no queue: with a problem, or in a program that
// uploads only when it delivers.
func (u *Uploader) outside(open map[transfer.Item]draft.File, settings transfer.Settings) []Transfer {
	list := make([]Transfer, 0, len(open))
	for item, f := range open {
		s := transfer.Status{Item: item, Size: f.Size, State: transfer.Waiting}
		if settings.Holds(item) {
			s.State = transfer.Paused
		}
		list = append(list, u.transfer(f, s))
	}
	slices.SortFunc(list, func(a, b Transfer) int {
		return cmp.Or(cmp.Compare(b.State, a.State), cmp.Compare(a.Order, b.Order), cmp.Compare(a.Path, b.Path))
	})
	return list
}

// requireNotPaused refuses to wait for uploads that nobody lets go on.
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

// forgetSettings drops what was set for the files of an order that has no
// draft any more. That it stays is no harm: the names are those of this order.
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
		u.options.Log.Warn("settings of a draft that is gone stay", "order", id, "error", err)
	}
}
