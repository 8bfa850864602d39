package desk

import "handover/app/internal/draft"

// ForgetNotice is called once the seller knows why a queued delivery was not
// made.
func (d *Desk) ForgetNotice(id string) (draft.Draft, error) {
	dr, err := d.drafts.Draft(id)
	if err != nil || dr.Notice == (draft.Fault{}) {
		return dr, err
	}
	return d.Changed(d.drafts.Update(id, func(dr *draft.Draft) { dr.Notice = draft.Fault{} }))
}
