package desk

import (
	"handover/app/internal/change"
	"handover/app/internal/draft"
)

// Remember stores a value of the window as JSON, with the drafts.
func (d *Desk) Remember(name string, v any) error { return d.drafts.PutSetting("window_"+name, v) }

// Recall decodes the value that Remember stored under the name into v. If there
// is no such value, it leaves v unchanged.
func (d *Desk) Recall(name string, v any) error { return d.drafts.Setting("window_"+name, v) }

// Recovered says how damaged drafts were repaired, until ForgetRecovered is called;
// happened is false if no draft was damaged.
func (d *Desk) Recovered() (r draft.Recovered, happened bool, err error) { return d.drafts.Recovered() }

// ForgetRecovered removes the report of Recovered.
func (d *Desk) ForgetRecovered() error {
	if err := d.drafts.ForgetRecovered(); err != nil {
		return err
	}
	d.bus.Tell(change.State, "")
	return nil
}
