package transfer

import (
	"fmt"
	"strings"
	"time"
)

// Span is a part of every day with its own limit. It uses the wall clock, so nine o'clock
// stays nine o'clock when daylight saving time begins. A span that ends before it begins
// spans midnight.
type Span struct {
	From Clock `json:"from"`
	To   Clock `json:"to"` // exclusive
	Up   int64 `json:"up"` // bytes per second; 0 for no limit
}

// Clock is a time of the day in minutes since midnight.
type Clock int

// ParseClock parses a time such as 09:00; 24:00 is the end of the day.
func ParseClock(s string) (Clock, error) {
	var h, m int
	if n, err := fmt.Sscanf(s, "%d:%d", &h, &m); n != 2 || err != nil ||
		h < 0 || h > 24 || m < 0 || m > 59 || h == 24 && m > 0 || s != fmt.Sprintf("%02d:%02d", h, m) && s != fmt.Sprintf("%d:%02d", h, m) {
		return 0, fmt.Errorf("%q is not a time of the day such as 09:00", s)
	}
	return Clock(60*h + m), nil
}

func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c/60, c%60) }

// MarshalText implements [encoding.TextMarshaler].
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (c *Clock) UnmarshalText(text []byte) (err error) {
	*c, err = ParseClock(string(text))
	return err
}

// ParseHours parses the hours of a span, such as 09:00-18:00.
func ParseHours(s string) (from, to Clock, err error) {
	a, b, ok := strings.Cut(s, "-")
	if !ok {
		return 0, 0, fmt.Errorf("%q is not a span of the day such as 09:00-18:00", s)
	}
	if from, err = ParseClock(a); err != nil {
		return 0, 0, err
	}
	to, err = ParseClock(b)
	return from, to, err
}

func (s Span) check() error {
	if s.From < 0 || s.From >= 24*60 || s.To < 0 || s.To > 24*60 || s.From == s.To {
		return fmt.Errorf("%s-%s is no span of the day", s.From, s.To)
	}
	return checkRate(s.Up)
}

func (s Span) covers(t time.Time) bool {
	now := Clock(60*t.Hour() + t.Minute())
	if s.From < s.To {
		return s.From <= now && now < s.To
	}
	return now >= s.From || now < s.To
}
