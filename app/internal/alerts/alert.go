package alerts

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Alert is what is shown: one line, and some words below it. They are plain
// text, partly by people who are not known.
type Alert struct {
	Title string
	Body  string
	Order string // to open when it is clicked; "" for the list
	// Urgent ones stay until they are seen.
	Urgent bool
}

// longest is how many characters of a text by others are shown.
const (
	longestText = 200
	longestName = 60
)

// words are the texts of a language. Those of news have the order's title and
// the buyer's name, in this order.
type words struct {
	title       map[Kind]string
	body        map[Kind]string
	cancelled   string
	days        [2]string // one, several
	hours       [2]string
	minutes     [2]string
	summary     string // number of news, number of orders
	summaryOne  string // number of news, the order's title
	counted     map[Kind]string
	dueInHours  string // title, time left
	dueWaiting  string // buyer
	askedCancel string
}

var english = words{
	title: map[Kind]string{
		Accepted: "%[2]s accepted “%[1]s”", Changes: "%[2]s asks for changes to “%[1]s”", Extended: "%[2]s takes more time to review “%[1]s”",
		Message: "%[2]s writes about “%[1]s”", Completed: "“%[1]s” is completed", Cancellation: "%[2]s wants to cancel “%[1]s”",
	},
	body: map[Kind]string{
		Accepted: "The order is completed. Payment clearing has begun.", Extended: "The review was extended by %s.",
		Completed: "The review period ended without an answer. Payment clearing has begun.",
	},
	cancelled: "“%[1]s” is cancelled", askedCancel: "Agree or decline within 72 hours.",
	days: [2]string{"1 day", "%d days"}, hours: [2]string{"1 hour", "%d hours"}, minutes: [2]string{"1 minute", "%d minutes"},
	summary: "%d news about %d orders", summaryOne: "%d news about “%s”",
	counted: map[Kind]string{
		Accepted: "accepted: %d", Changes: "changes asked for: %d", Extended: "reviews extended: %d", Message: "messages: %d",
		Completed: "completed: %d", Cancellation: "cancellations: %d", Due: "due soon: %d",
	},
	dueInHours: "“%s” is due in %s", dueWaiting: "%s is waiting for your delivery.",
}

var german = words{
	title: map[Kind]string{
		Accepted: "%[2]s hat „%[1]s“ angenommen", Changes: "%[2]s wünscht Änderungen an „%[1]s“", Extended: "%[2]s nimmt sich mehr Zeit für „%[1]s“",
		Message: "%[2]s schreibt zu „%[1]s“", Completed: "„%[1]s“ ist abgeschlossen", Cancellation: "%[2]s möchte „%[1]s“ stornieren",
	},
	body: map[Kind]string{
		Accepted: "Der Auftrag ist abgeschlossen. Die Zahlungsabwicklung hat begonnen.", Extended: "Die Überprüfung wurde um %s verlängert.",
		Completed: "Die Überprüfungszeit ist ohne Antwort abgelaufen. Die Zahlungsabwicklung hat begonnen.",
	},
	cancelled: "„%[1]s“ ist storniert", askedCancel: "Stimme innerhalb von 72 Stunden zu oder lehne ab.",
	days: [2]string{"1 Tag", "%d Tage"}, hours: [2]string{"1 Stunde", "%d Stunden"}, minutes: [2]string{"1 Minute", "%d Minuten"},
	summary: "%d Neuigkeiten zu %d Aufträgen", summaryOne: "%d Neuigkeiten zu „%s“",
	counted: map[Kind]string{
		Accepted: "angenommen: %d", Changes: "Änderungswünsche: %d", Extended: "Überprüfungen verlängert: %d", Message: "Nachrichten: %d",
		Completed: "abgeschlossen: %d", Cancellation: "Stornierungen: %d", Due: "bald fällig: %d",
	},
	dueInHours: "„%s“ ist in %s fällig", dueWaiting: "%s wartet auf deine Lieferung.",
}

// in returns the words of a language: de, or English for any other.
func in(language string) words {
	if language == "de" {
		return german
	}
	return english
}

// Tell makes the alerts of news: one each, or a single summary of many.
func Tell(news []News, language string) []Alert {
	w := in(language)
	if len(news) > several {
		return []Alert{w.sum(news)}
	}
	alerts := make([]Alert, len(news))
	for i, n := range news {
		alerts[i] = w.one(n)
	}
	return alerts
}

// several is how many alerts at once nobody minds.
const several = 3

func (w words) one(n News) Alert {
	title, buyer := shorten(n.Title, longestName), shorten(n.Buyer, longestName)
	a := Alert{Order: n.Order, Body: w.body[n.Kind]}
	switch n.Kind {
	case Due:
		a.Title, a.Body = fmt.Sprintf(w.dueInHours, title, w.left(n.Left)), fmt.Sprintf(w.dueWaiting, buyer)
		a.Urgent = n.Left <= 2*time.Hour
		return a
	case Extended:
		a.Body = fmt.Sprintf(a.Body, number(n.Days, w.days))
	case Changes, Message:
		a.Body = shorten(n.Text, longestText)
	case Cancellation:
		a.Body = shorten(n.Text, longestText)
		if n.Over {
			a.Title = fmt.Sprintf(w.cancelled, title)
			return a
		}
		if a.Body == "" {
			a.Body = w.askedCancel
		}
	}
	a.Title = fmt.Sprintf(w.title[n.Kind], title, buyer)
	return a
}

func (w words) sum(news []News) Alert {
	orders, counts := map[string]bool{}, map[Kind]int{}
	a := Alert{Order: news[0].Order}
	for _, n := range news {
		orders[n.Order] = true
		counts[n.Kind]++
		a.Urgent = a.Urgent || w.one(n).Urgent
	}
	if len(orders) == 1 {
		a.Title = fmt.Sprintf(w.summaryOne, len(news), shorten(news[0].Title, longestName))
	} else {
		a.Title, a.Order = fmt.Sprintf(w.summary, len(news), len(orders)), ""
	}
	var parts []string
	for _, k := range Kinds() {
		if counts[k] > 0 {
			parts = append(parts, fmt.Sprintf(w.counted[k], counts[k]))
		}
	}
	a.Body = strings.Join(parts, " · ")
	return a
}

// left says how long there is until something, never more than it is.
func (w words) left(d time.Duration) string {
	if hours := int(d / time.Hour); hours > 1 {
		return number(hours, w.hours)
	}
	return number(max(1, int(d/time.Minute)), w.minutes)
}

func number(n int, words [2]string) string {
	if n == 1 {
		return words[0]
	}
	return fmt.Sprintf(words[1], n)
}

// shorten makes one readable line of a text by somebody else.
func shorten(text string, most int) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' ' // such as what turns the direction of the text around
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	runes := []rune(strings.Join(strings.Fields(clean), " "))
	if len(runes) > most {
		return strings.TrimSpace(string(runes[:most-1])) + "…"
	}
	return string(runes)
}
