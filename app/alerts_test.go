package app_test

import (
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"handover/app"
	"handover/app/internal/alerts"
	"handover/app/internal/notification"
	"handover/backend/api"
)

// buyer is the buyer of a sample order.
func buyer(t *testing.T, a app.Bound, id string) *api.Client {
	t.Helper()
	link := must[app.BuyerLink](t)(a.Orders.BuyerLink(id))
	u, err := url.Parse(link.URL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := api.NewClient(u.Scheme+"://"+u.Host, path.Base(u.Path), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNotes(t *testing.T) {
	w := &window{notes: make(chan notification.Popup, 100)}
	a := tryOut(t, w)
	photos, podcast := find(t, a, "Product photos"), find(t, a, "Podcast")
	holz, klangraum := buyer(t, a, photos), buyer(t, a, podcast)
	next := func(title, body, id string) {
		t.Helper()
		if n := <-w.notes; n.Title != title || n.Body != body || n.Key != id {
			t.Errorf("the note is %+v; want %q, %q", n, title, body)
		}
	}
	// Earlier actions of the samples' buyers caused no notification; this is the first.
	must[api.Order](t)(holz.WriteMessage(t.Context(), photos, "Can we have\nall in black and white?"))
	next("Holz & Hand writes about “Product photos, set of 12”", "Can we have all in black and white?", photos)

	shown := w.shown
	w.click(photos)
	if got := must[app.Asked](t)(a.App.TakeAsked()); got != (app.Asked{Kind: "order", Order: photos}) || w.shown != shown+1 {
		t.Errorf("a click asks for %+v", got)
	}
	w.click("")
	if got := must[app.Asked](t)(a.App.TakeAsked()); got != (app.Asked{Kind: "orders"}) {
		t.Errorf("a click on a summary asks for %+v", got)
	}

	// No notification while the seller looks at that order.
	a.App.Look(photos, true)
	must[api.Order](t)(holz.WriteMessage(t.Context(), photos, "Hello?"))
	must[api.Order](t)(klangraum.WriteMessage(t.Context(), podcast, "Louder"))
	next("Klangraum writes about “Podcast intro and outro”", "Louder", podcast)
	a.App.Look(photos, false)

	// No notification of a kind that is off; texts are in the window's language.
	must[[]app.News](t)(a.App.SetNews("message", false))
	if err := a.App.Speak("de"); err != nil {
		t.Fatal(err)
	}
	must[api.Order](t)(holz.WriteMessage(t.Context(), photos, "Hello?"))
	must[api.Order](t)(holz.Review(photos).Accept(t.Context()))
	next("Holz & Hand hat „Product photos, set of 12“ angenommen", "Der Auftrag ist abgeschlossen. Die Zahlungsabwicklung hat begonnen.", photos)
	if len(w.notes) > 0 {
		t.Errorf("one too many: %+v", <-w.notes)
	}
}

func TestDueDatesAreNear(t *testing.T) {
	w := &window{notes: make(chan notification.Popup, 100)}
	a := tryOut(t, w)
	placed := must[app.PlacedOrder](t)(a.Orders.Place(app.NewOrder{
		Key: "due", Title: "Flyer", BuyerName: "Café Süd", BuyerEmail: "sued@example.org", DueAt: time.Now().Add(90 * time.Minute).Format(time.RFC3339),
	}))
	if n := <-w.notes; n.Key != placed.ID || !n.Urgent || !strings.HasPrefix(n.Title, "“Flyer” is due in 8") {
		t.Errorf("the note is %+v", n)
	}
}

func TestNewsSettings(t *testing.T) {
	home := t.TempDir()
	p := program(t, home, &window{})
	a := p.Bound()
	all := must[[]app.News](t)(a.App.News())
	if len(all) != 7 {
		t.Fatalf("%+v", all)
	}
	for _, n := range all {
		if !n.On {
			t.Errorf("%s is off at first", n.Kind)
		}
	}
	for range 2 {
		must[[]app.News](t)(a.App.SetNews("due", false))
	}
	must[[]app.News](t)(a.App.SetNews("message", false))
	must[[]app.News](t)(a.App.SetNews("message", true))
	for _, kind := range []alerts.Kind{"", "Due", "everything"} {
		if _, err := a.App.SetNews(kind, false); err == nil {
			t.Errorf("%q was switched off", kind)
		}
	}
	p.Stop()
	// The settings survive a restart.
	for _, n := range must[[]app.News](t)(program(t, home, &window{}).Bound().App.News()) {
		if n.On != (n.Kind != "due") {
			t.Errorf("after a restart %+v", n)
		}
	}
}
