package alerts_test

import (
	"strings"
	"testing"
	"time"

	"handover/app/internal/alerts"
	"handover/backend/order"
)

// buyers are the events that are news to the seller, as the server sends them.
var buyers = map[string]order.Event{
	"accepted":  {Type: order.OrderCompleted, By: order.Buyer},
	"completed": {Type: order.OrderCompleted, By: order.Clock},
	"changes":   {Type: order.ChangesRequested, By: order.Buyer, Message: "More air,\nplease."},
	"extended":  {Type: order.ReviewExtended, By: order.Buyer, Days: 3},
	"a day":     {Type: order.ReviewExtended, By: order.Buyer, Days: 1},
	"message":   {Type: order.MessageWritten, By: order.Buyer, Message: "Hello!"},
	"proposed":  {Type: order.CancellationProposed, By: order.Buyer},
	"reason":    {Type: order.CancellationProposed, By: order.Buyer, Message: "We are late."},
	"cancelled": {Type: order.OrderCancelled, By: order.Buyer},
}

func TestWords(t *testing.T) {
	for name, want := range map[string][4]string{
		"accepted":  {"Bea accepted “Film”", "The order is completed. Payment clearing has begun.", "Bea hat „Film“ angenommen", "Der Auftrag ist abgeschlossen. Die Zahlungsabwicklung hat begonnen."},
		"completed": {"“Film” is completed", "The review period ended without an answer. Payment clearing has begun.", "„Film“ ist abgeschlossen", "Die Überprüfungszeit ist ohne Antwort abgelaufen. Die Zahlungsabwicklung hat begonnen."},
		"changes":   {"Bea asks for changes to “Film”", "More air, please.", "Bea wünscht Änderungen an „Film“", "More air, please."},
		"extended":  {"Bea takes more time to review “Film”", "The review was extended by 3 days.", "Bea nimmt sich mehr Zeit für „Film“", "Die Überprüfung wurde um 3 Tage verlängert."},
		"a day":     {"Bea takes more time to review “Film”", "The review was extended by 1 day.", "Bea nimmt sich mehr Zeit für „Film“", "Die Überprüfung wurde um 1 Tag verlängert."},
		"message":   {"Bea writes about “Film”", "Hello!", "Bea schreibt zu „Film“", "Hello!"},
		"proposed":  {"Bea wants to cancel “Film”", "Agree or decline within 72 hours.", "Bea möchte „Film“ stornieren", "Stimme innerhalb von 72 Stunden zu oder lehne ab."},
		"reason":    {"Bea wants to cancel “Film”", "We are late.", "Bea möchte „Film“ stornieren", "We are late."},
		"cancelled": {"“Film” is cancelled", "", "„Film“ ist storniert", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := buyers[name]
			e.Order = "a"
			n, ok := alerts.Of(e)
			if !ok {
				t.Fatal("is no news")
			}
			n.Title, n.Buyer = "Film", "Bea"
			en, de := alerts.Tell([]alerts.News{n}, "en"), alerts.Tell([]alerts.News{n}, "de")
			if got := [4]string{en[0].Title, en[0].Body, de[0].Title, de[0].Body}; got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
			if en[0].Order != "a" || en[0].Urgent {
				t.Errorf("%+v", en[0])
			}
		})
	}
}

// What the seller did themselves, and what needs nobody, is no news.
func TestNoNews(t *testing.T) {
	for _, e := range []order.Event{
		{Type: order.OrderPlaced, By: order.Seller}, {Type: order.WorkDelivered, By: order.Seller}, {Type: order.MessageWritten, By: order.Seller},
		{Type: order.OrderCancelled, By: order.Seller}, {Type: order.CancellationLapsed, By: order.Clock}, {Type: order.DueSoon, By: order.Clock},
		{Type: order.DeliveryOpened, By: order.Buyer}, {Type: order.FileDownloaded, By: order.Buyer}, {Type: "of_a_newer_server", By: order.Buyer}, {},
	} {
		if n, ok := alerts.Of(e); ok {
			t.Errorf("%s by %s is %+v", e.Type, e.By, n)
		}
	}
}

func TestDueWords(t *testing.T) {
	for left, want := range map[time.Duration]string{
		24 * time.Hour: "“Film” is due in 24 hours", 23*time.Hour + 59*time.Minute: "“Film” is due in 23 hours",
		2 * time.Hour: "“Film” is due in 2 hours", 2*time.Hour - 1: "“Film” is due in 119 minutes",
		90 * time.Second: "“Film” is due in 1 minute", time.Second: "“Film” is due in 1 minute",
	} {
		a := alerts.Tell([]alerts.News{{Kind: alerts.Due, Title: "Film", Buyer: "Bea", Left: left}}, "en")[0]
		if a.Title != want || a.Urgent != (left <= 2*time.Hour) || a.Body != "Bea is waiting for your delivery." {
			t.Errorf("%s: %+v", left, a)
		}
	}
}

func TestSummary(t *testing.T) {
	news := func(kind alerts.Kind, id string) alerts.News {
		return alerts.News{Kind: kind, Order: id, Title: "Film", Buyer: "Bea", Text: "x", Left: time.Hour}
	}
	three := []alerts.News{news(alerts.Message, "a"), news(alerts.Accepted, "b"), news(alerts.Message, "c")}
	if got := alerts.Tell(three, "en"); len(got) != 3 {
		t.Errorf("three are told as %d", len(got))
	}
	four := append(three, news(alerts.Due, "a"))
	want := alerts.Alert{Title: "4 updates on 3 orders", Body: "accepted: 1 · messages: 2 · due soon: 1", Urgent: true}
	if got := alerts.Tell(four, "en"); len(got) != 1 || got[0] != want {
		t.Errorf("got %+v", got)
	}
	talk := []alerts.News{three[0], three[0], three[0], three[0]}
	want = alerts.Alert{Title: "4 Neuigkeiten zu „Film“", Body: "Nachrichten: 4", Order: "a"}
	if got := alerts.Tell(talk, "de"); len(got) != 1 || got[0] != want {
		t.Errorf("got %+v", got)
	}
	if got := alerts.Tell(nil, "de"); len(got) != 0 {
		t.Errorf("nothing is told as %+v", got)
	}
}

func TestHostileTexts(t *testing.T) {
	n := alerts.News{
		Kind: alerts.Message, Title: strings.Repeat("ä", 500), Buyer: "B\x00e\na\u202e %s%d",
		Text: "<b>one</b>\r\n\ttwo \xff" + strings.Repeat(" long", 1000),
	}
	a := alerts.Tell([]alerts.News{n}, "en")[0]
	if want := "B e a %s%d writes about “" + strings.Repeat("ä", 59) + "…”"; a.Title != want {
		t.Errorf("the title is %q", a.Title)
	}
	if !strings.HasPrefix(a.Body, "<b>one</b> two \uFFFD long") || !strings.HasSuffix(a.Body, "…") || len([]rune(a.Body)) > 200 {
		t.Errorf("the body is %q", a.Body)
	}
}
