package notify

import (
	"fmt"
	"time"

	"handover/backend/order"
)

// moment is a time as a letter says it: in UTC, because nobody knows the
// reader's zone, and with the zone's name.
type moment time.Time

// IsZero reports whether there is none; templates ask it.
func (m moment) IsZero() bool { return time.Time(m).IsZero() }

var germanMonths = [...]string{
	"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
}

var germanDays = [...]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"}

func (m moment) in(language order.Language) string {
	t := time.Time(m).UTC()
	if language != order.German {
		return t.Format("Monday, 2 January 2006, 15:04 UTC")
	}
	return fmt.Sprintf("%s, %d. %s %d, %s Uhr UTC", germanDays[t.Weekday()], t.Day(), germanMonths[t.Month()-1], t.Year(), t.Format("15:04"))
}
