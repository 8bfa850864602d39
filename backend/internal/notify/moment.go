package notify

import (
	"fmt"
	"strings"
	"time"

	"handover/backend/order"
)

// moment is a time in a letter: in the reader's zone, or in UTC when the zone is
// unknown, and always with the zone's name.
type moment time.Time

// IsZero reports whether the time is unset, for templates.
func (m moment) IsZero() bool { return time.Time(m).IsZero() }

var germanMonths = [...]string{
	"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
}

var germanDays = [...]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"}

func (m moment) in(language order.Language, zone *time.Location) string {
	t := time.Time(m).In(zone)
	if language != order.German {
		return t.Format("Monday, 2 January 2006, 15:04 ") + zoneName(t)
	}
	name := zoneName(t)
	if german, ok := germanZones[name]; ok {
		name = german
	}
	return fmt.Sprintf("%s, %d. %s %d, %s Uhr %s", germanDays[t.Weekday()], t.Day(), germanMonths[t.Month()-1], t.Year(), t.Format("15:04"), name)
}

var germanZones = map[string]string{"CET": "MEZ", "CEST": "MESZ"}

// zoneName returns the abbreviation of the time's zone, such as CET. For the many
// zones without one it returns the offset from UTC.
func zoneName(t time.Time) string {
	if name, _ := t.Zone(); !strings.ContainsAny(name, "+-") {
		return name
	}
	return "UTC" + t.Format("-07:00")
}

// zoneOf returns the zone with the name, or UTC for an unknown name.
func zoneOf(name string) *time.Location {
	if zone, err := time.LoadLocation(name); err == nil && name != "Local" {
		return zone
	}
	return time.UTC
}
