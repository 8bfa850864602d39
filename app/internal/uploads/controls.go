package uploads

import (
	"path/filepath"

	"handover/app/internal/draft"
	"handover/app/internal/transfer"
	"handover/backend/order"
)

// Limits are the seller's limits for uploads.
type Limits struct {
	Up           int64           // bytes a second in total; 0 for no limit
	Parallel     int             // files at once; 0 for the default
	Schedule     []transfer.Span // other limits at times of the day
	Yield        bool            // slow down while others need the line
	Metered      bool            // the network is metered: pause
	PauseMetered bool            // pause while the system calls the network metered
}

// AddSpan adds a limit, in bytes a second, for hours such as 09:00 to 18:00. It
// refuses invalid hours with order.Invalid.
func (l *Limits) AddSpan(from, to string, up int64) (err error) {
	s := transfer.Span{Up: up}
	if s.From, s.To, err = transfer.ParseHours(from + "-" + to); err != nil {
		return &order.Error{Code: order.Invalid, Field: "schedule", Message: err.Error()}
	}
	l.Schedule = append(l.Schedule, s)
	return nil
}

// Controls change the settings of uploads in a data folder. Another program that
// uploads from there applies them within a second.
type Controls struct{ file draft.Shared }

// NewControls returns the controls of a data folder.
func NewControls(home string) Controls {
	return Controls{draft.Shared{Path: filepath.Join(home, "transfers.db")}}
}

// Settings returns the settings.
func (c Controls) Settings() (s transfer.Settings, err error) {
	err = c.file.Read(&s)
	return s, err
}

// Change changes the settings and returns the result. It refuses invalid settings
// with order.Invalid.
func (c Controls) Change(change func(*transfer.Settings) error) (s transfer.Settings, err error) {
	err = c.file.Update(&s, func() error {
		if err := change(&s); err != nil {
			return err
		}
		if err := s.Check(); err != nil {
			return &order.Error{Code: order.Invalid, Field: "limits", Message: err.Error()}
		}
		return nil
	})
	return s, err
}

// SetLimits replaces the limits.
func (c Controls) SetLimits(l Limits) (transfer.Settings, error) {
	return c.Change(func(s *transfer.Settings) error {
		s.Up, s.Parallel, s.Schedule = l.Up, l.Parallel, l.Schedule
		s.Yield, s.Metered, s.PauseMetered = l.Yield, l.Metered, l.PauseMetered
		return nil
	})
}

// Pause pauses one file of an order, or the whole order if path is "", or all
// orders if id is "".
func (c Controls) Pause(id, path string) (transfer.Settings, error) {
	return c.Change(func(s *transfer.Settings) error {
		s.Pause(transfer.Item{Group: id, Name: path})
		return nil
	})
}

// Resume resumes uploads that Pause paused. It refuses a file of a paused order,
// and an order while all are paused, with order.Conflict.
func (c Controls) Resume(id, path string) (transfer.Settings, error) {
	return c.Change(func(s *transfer.Settings) error {
		if err := s.Resume(transfer.Item{Group: id, Name: path}); err != nil {
			return &order.Error{Code: order.Conflict, Message: err.Error()}
		}
		return nil
	})
}

// limits returns the limits in the settings.
func limits(s transfer.Settings) Limits {
	return Limits{
		Up: s.Up, Parallel: s.Parallel, Schedule: append([]transfer.Span{}, s.Schedule...),
		Yield: s.Yield, Metered: s.Metered, PauseMetered: s.PauseMetered,
	}
}

// Settings returns the settings of uploads.
func (u *Uploader) Settings() (transfer.Settings, error) { return u.controls.Settings() }
