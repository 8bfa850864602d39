package desk

import "handover/app/internal/change"

import "handover/app/internal/draft"

// Recovered says what was done about damaged drafts, until ForgetRecovered;
// false for nothing.
func (d *Desk) Recovered() (r draft.Recovered, happened bool, err error) { return d.drafts.Recovered() }

// ForgetRecovered is called once the seller knows of it.
func (d *Desk) ForgetRecovered() error {
	if err := d.drafts.ForgetRecovered(); err != nil {
		return err
	}
	d.bus.Tell(change.State, "")
	return nil
}
