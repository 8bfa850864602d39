package commandline

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// Moment is a time as it is given on a command line: as RFC 3339, as a duration
// from now, or as a date with or without a time in the zone of this computer. A
// date alone means the end of that day.
type Moment time.Time

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *Moment) UnmarshalText(raw []byte) error {
	text := string(raw)
	if d, err := time.ParseDuration(text); err == nil {
		*m = Moment(time.Now().Add(d).UTC())
		return nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		*m = Moment(day.AddDate(0, 0, 1).Add(-time.Second).UTC())
		return nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			*m = Moment(t.UTC())
			return nil
		}
	}
	return fmt.Errorf("%q is neither a time such as 2026-11-27T14:20:00Z or 2026-11-27 nor a duration such as 72h", text)
}

// LocalZone returns the IANA name of this computer's time zone, such as
// Europe/Berlin, or UTC when the system does not say.
func LocalZone() string {
	if name := strings.TrimPrefix(os.Getenv("TZ"), ":"); isZone(name) {
		return name
	}
	target, _ := os.Readlink("/etc/localtime") // "" on error
	if _, name, _ := strings.Cut(target, "zoneinfo/"); isZone(name) {
		return name
	}
	return "UTC"
}

func isZone(name string) bool {
	_, err := time.LoadLocation(name)
	return name != "" && err == nil
}
