package shell

import (
	"slices"

	"handover/app/internal/alerts"
	"handover/backend/order"
)

// News says whether the desktop shows alerts of a kind of news.
type News struct {
	Kind string // accepted, changes, extended, message, completed, cancellation, due
	On   bool
}

// News returns all kinds of news.
func (s *Shell) News() ([]News, error) {
	off, err := muted(s.parts.currentDesk())
	if err != nil {
		return nil, err
	}
	list := make([]News, 0, len(alerts.Kinds()))
	for _, k := range alerts.Kinds() {
		list = append(list, News{Kind: string(k), On: !slices.Contains(off, k)})
	}
	return list, nil
}

// SetNews switches the alerts of a kind of news on or off. It returns an
// [order.Error] with the code invalid for an unknown kind.
func (s *Shell) SetNews(kind string, on bool) error {
	k := alerts.Kind(kind)
	if !k.Known() {
		return &order.Error{Code: order.Invalid, Field: "kind", Message: "there is no such kind of news"}
	}
	off, err := muted(s.parts.currentDesk())
	if err != nil {
		return err
	}
	off = slices.DeleteFunc(off, func(m alerts.Kind) bool { return m == k })
	if !on {
		off = append(off, k)
	}
	return s.parts.currentDesk().Remember(mutedMemory, off)
}
