package order

import "time"

// maxTimeZone bounds the name of a time zone in bytes.
const maxTimeZone = 64

// CheckTimeZone accepts the IANA name of a time zone, or "".
func CheckTimeZone(field, name string) error {
	if name == "" {
		return nil
	}
	if _, err := time.LoadLocation(name); err != nil || name == "Local" || len(name) > maxTimeZone {
		return invalid(field, "there is no time zone %q; it is a name such as Europe/Berlin", name)
	}
	return nil
}

// NoteTimeZone records the time zone of the buyer's browser. A change makes a quiet
// event. It returns Invalid for an unknown name.
func (o *Order) NoteTimeZone(name string, now time.Time) ([]Event, error) {
	if err := CheckTimeZone("time_zone", name); err != nil || name == o.Buyer.TimeZone {
		return nil, err
	}
	o.Buyer.TimeZone = name
	return []Event{o.signed(Event{Type: TimeZoneNoted, TimeZone: name}, Buyer, now)}, nil
}
