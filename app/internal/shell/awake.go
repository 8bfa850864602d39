package shell

import (
	"time"

	"handover/app/internal/alerts"
	"handover/frontend/messages"
)

// urgent is the time before a due date in which sleep must not interrupt the
// order's uploads. Late orders are urgent too.
const urgent = time.Hour

// awake keeps the computer awake during urgent uploads.
type awake struct {
	shell   *Shell
	desk    Desk
	release func() // nil while the computer may sleep
	refused bool   // the system refused; ask again for the next urgent upload
}

func (a *awake) update(u Uploads) {
	title, found := a.urgentOrder(u)
	if !found {
		a.refused = false
		a.end()
		return
	}
	if a.release != nil || a.refused {
		return
	}
	release, err := a.shell.window.KeepAwake(a.shell.words().Text("desktop_awake", messages.Inputs{"title": title}))
	if err != nil {
		a.shell.options.Log.Warn("the computer may go to sleep during an urgent upload", "error", err)
		a.refused = true
		return
	}
	a.release = release
}

func (a *awake) end() {
	if a.release == nil {
		return
	}
	a.release()
	a.release = nil
}

// urgentOrder returns the title of the first order that uploads and is due soon.
func (a *awake) urgentOrder(u Uploads) (title string, found bool) {
	for _, id := range u.Running {
		o, known, err := a.desk.Known(id)
		if err == nil && known && alerts.Owed(o) && time.Until(o.DueAt) <= urgent {
			return o.Title, true
		}
	}
	return "", false
}
