package app

import (
	"time"

	"handover/app/internal/alerts"
	"handover/app/internal/desk"
	"handover/app/internal/sleep"
	"handover/app/internal/transfer"
)

// urgent is how long before its due date the uploads of an order must not be
// cut off by sleep. Work that is late is not less urgent.
const urgent = time.Hour

// awake keeps the computer awake while something urgent uploads.
type awake struct {
	p       *Program
	release func() // nil while it may sleep
	refused bool   // asked again for what is urgent next
}

func (a *awake) update(t desk.Transfers) {
	title, hurries := a.p.hurry(t)
	if !hurries {
		a.refused = false
		a.end()
		return
	}
	if a.release != nil || a.refused {
		return
	}
	var err error
	if a.release, err = a.p.window.KeepAwake(a.p.words().awake + title); err != nil {
		a.p.options.Log.Warn("the computer may go to sleep during an urgent upload", "error", err)
		a.release, a.refused = nil, true
	}
}

func (a *awake) end() {
	if a.release != nil {
		a.release()
		a.release = nil
	}
}

// hurry returns the title of an order that uploads and is due soon.
func (p *Program) hurry(t desk.Transfers) (title string, hurries bool) {
	seen := map[string]bool{}
	for _, each := range t.List {
		if each.State != transfer.Running || seen[each.Order] {
			continue
		}
		seen[each.Order] = true
		if o, found, err := p.desk.Known(each.Order); err == nil && found && alerts.Owed(o) && time.Until(o.DueAt) <= urgent {
			return o.Title, true
		}
	}
	return "", false
}

// noticeSleep has the desk look for its server as soon as the computer has
// woken up, where the system tells.
func (p *Program) noticeSleep(d *desk.Desk) {
	if err := sleep.Woken(p.ctx, d.Look); err != nil {
		p.options.Log.Info("the system does not tell when it has woken up; the clock does", "error", err)
	}
}
