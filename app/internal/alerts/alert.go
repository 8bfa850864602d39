package alerts

import (
	"strings"
	"time"
	"unicode"

	"handover/frontend/messages"
)

// Alert is the content of a notification: a title and a text. Both are plain text, partly
// written by strangers.
type Alert struct {
	Title string
	Body  string
	Order string // opened by a click; "" opens the list
	// Urgent alerts stay until the seller has seen them.
	Urgent bool
}

// longest limits texts written by others, in characters.
const (
	longestText = 200
	longestName = 60
)

// words contains the texts of one language.
type words struct{ messages.Catalog }

// titles are the message keys of the titles by kind. Their inputs are title and buyer.
var titles = map[Kind]string{
	Accepted: "desktop_alert_accepted", Changes: "desktop_alert_changes", Extended: "desktop_alert_extended",
	Message: "desktop_alert_message", Completed: "desktop_alert_completed", Cancellation: "desktop_alert_cancellation",
}

// counts are the message keys of a summary's parts.
var counts = map[Kind]string{
	Accepted: "desktop_count_accepted", Changes: "desktop_count_changes", Extended: "desktop_count_extended", Message: "desktop_count_message",
	Completed: "desktop_count_completed", Cancellation: "desktop_count_cancellation", Due: "desktop_count_due",
}

// Tell returns the alerts for news: one each, or a single summary of many.
func Tell(news []News, language string) []Alert {
	w := words{messages.In(language)}
	if len(news) > several {
		return []Alert{w.sum(news)}
	}
	alerts := make([]Alert, len(news))
	for i, n := range news {
		alerts[i] = w.one(n)
	}
	return alerts
}

// several is the largest number of separate alerts.
const several = 3

func (w words) one(n News) Alert {
	names := messages.Inputs{"title": shorten(n.Title, longestName), "buyer": shorten(n.Buyer, longestName)}
	a := Alert{Order: n.Order}
	if n.Kind == Due {
		names["time"] = w.left(n.Left)
		a.Title, a.Body = w.Text("desktop_alert_due", names), w.Text("desktop_alert_due_text", names)
		a.Urgent = n.Left <= 2*time.Hour
		return a
	}
	a.Title = w.Text(titles[n.Kind], names)
	switch n.Kind {
	case Accepted:
		a.Body = w.Text("desktop_alert_accepted_text", nil)
	case Completed:
		a.Body = w.Text("desktop_alert_completed_text", nil)
	case Extended:
		a.Body = w.Text("desktop_alert_extended_text", messages.Inputs{"time": w.Text("desktop_days", messages.Inputs{"n": n.Days})})
	case Changes, Message:
		a.Body = shorten(n.Text, longestText)
	case Cancellation:
		a.Body = shorten(n.Text, longestText)
		if n.Over {
			a.Title = w.Text("desktop_alert_cancelled", names)
			return a
		}
		if a.Body == "" {
			a.Body = w.Text("desktop_alert_cancellation_text", nil)
		}
	}
	return a
}

func (w words) sum(news []News) Alert {
	orders, count := map[string]bool{}, map[Kind]int{}
	a := Alert{Order: news[0].Order}
	for _, n := range news {
		orders[n.Order] = true
		count[n.Kind]++
		a.Urgent = a.Urgent || w.one(n).Urgent
	}
	if len(orders) == 1 {
		a.Title = w.Text("desktop_summary_order", messages.Inputs{"n": len(news), "title": shorten(news[0].Title, longestName)})
	} else {
		a.Title, a.Order = w.Text("desktop_summary", messages.Inputs{"n": len(news), "orders": len(orders)}), ""
	}
	var parts []string
	for _, k := range Kinds() {
		if count[k] > 0 {
			parts = append(parts, w.Text(counts[k], messages.Inputs{"n": count[k]}))
		}
	}
	a.Body = strings.Join(parts, " · ")
	return a
}

// left returns the remaining time, rounded down, in hours or minutes.
func (w words) left(d time.Duration) string {
	if hours := int(d / time.Hour); hours > 1 {
		return w.Text("desktop_hours", messages.Inputs{"n": hours})
	}
	return w.Text("desktop_minutes", messages.Inputs{"n": max(1, int(d/time.Minute))})
}

// shorten returns a text by somebody else as one readable line.
func shorten(text string, most int) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' ' // such as marks that change the text direction
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	runes := []rune(strings.Join(strings.Fields(clean), " "))
	if len(runes) > most {
		return strings.TrimSpace(string(runes[:most-1])) + "…"
	}
	return string(runes)
}
