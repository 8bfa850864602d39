package backend_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// A buyer's letter about a delivery names the files and carries a picture of
// one.
func TestLetterAboutADelivery(t *testing.T) {
	world := outside(t)
	s := newSite(t, func(c *backend.Config) {
		c.Notices = backend.Notices{SMTP: world.smtp, MailFrom: "handover@example.org"}
	})
	p := s.order(active)
	outsideGot(t, world.mails) // the order was placed
	var picture bytes.Buffer
	noFault(t, jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 400, 300)), nil))
	f := s.upload(s.eva, p.id, "photos/first.jpg", picture.String())
	made := s.send(request{method: "POST", path: p.path("/deliveries"), as: s.eva, header: []string{idempotencyField, "k"}, body: asJSON(t, api.NewDelivery{
		Description: "The first.", Files: []api.DeliveredFile{{Upload: f.ID, Path: f.Path, Size: f.Size, SHA256: f.SHA256}},
	})})
	if made.StatusCode != http.StatusCreated {
		t.Fatalf("%s: %s", made.Status, made.raw)
	}
	mail := outsideGot(t, world.mails)
	for _, want := range []string{"* photos/first.jpg (", "cid:picture", "Content-Type: image/jpeg"} {
		if !strings.Contains(mail.text, want) {
			t.Errorf("the mail to %s lacks %q:\n%s", mail.to, want, mail.text)
		}
	}
}

// The page that a seller's letter leads to opens the window, and tells nothing
// of the order.
func TestOpenInApp(t *testing.T) {
	s := newSite(t, func(c *backend.Config) { c.PublicURL = "https://example.org/handover" })
	s.base = "/handover"
	p := s.order(delivered)
	for language, word := range map[string]string{"en-GB,en": "Open in Handover", "de-AT,de;q=0.9": "In Handover öffnen"} {
		a := s.send(request{method: "GET", path: s.base + "/open/" + p.id, header: []string{"Accept-Language", language}})
		page := string(a.raw)
		if a.StatusCode != http.StatusOK || !strings.Contains(page, word) || strings.Count(page, "handover://order/"+p.id) != 2 {
			t.Errorf("%s: %s", a.Status, page)
		}
	}
	known, absent := s.send(request{method: "GET", path: "/open/" + p.id}), s.send(request{method: "GET", path: "/open/k3v9x2m4qa"})
	if got := strings.ReplaceAll(string(known.raw), p.id, "k3v9x2m4qa"); got != string(absent.raw) {
		t.Errorf("the page tells whether there is the order:\n%s\n%s", got, absent.raw)
	}
	for _, path := range []string{"/open/", "/open/a%22b", "/open/A", "/open/" + strings.Repeat("a", 65), "/open/a/b"} {
		if a := s.send(request{method: "GET", path: path}); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, a.Status)
		}
	}
}

// Time zones are names that exist.
func TestTimeZones(t *testing.T) {
	s := newSite(t)
	for zone, want := range map[string]int{"Europe/Berlin": http.StatusCreated, "Berlin": 422, "Local": 422, "../../etc/passwd": 422} {
		a := s.send(request{method: "POST", path: "/api/v1/orders", as: s.eva, body: asJSON(t, api.NewOrder{
			Title: "Film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org", TimeZone: zone}, DueAt: s.clock.Now().AddDate(0, 0, 3),
		})})
		if a.StatusCode != want {
			t.Errorf("an order for %s: %s %s", zone, a.Status, a.raw)
		}
	}
	a := s.send(request{method: "PATCH", path: "/api/v1/account", as: s.eva, body: `{"time_zone":"Asia/Tokyo"}`})
	if a.StatusCode != http.StatusOK || into[api.Account](s, s.send(request{method: "GET", path: "/api/v1/account", as: s.eva})).TimeZone != "Asia/Tokyo" {
		t.Errorf("the seller's zone: %s %s", a.Status, a.raw)
	}
	a = s.send(request{method: "PATCH", path: "/api/v1/account", as: s.eva, body: `{"time_zone":"Tokyo"}`})
	if a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a zone that is not there: %s", a.Status)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	noFault(t, err)
	return string(raw)
}

// The buyer's browser says its zone once; that is no news for anybody's version
// of the order, and the buyer's letters are in it from then on.
func TestBuyersTimeZone(t *testing.T) {
	world := outside(t)
	s := newSite(t, func(c *backend.Config) {
		c.Notices = backend.Notices{SMTP: world.smtp, MailFrom: "handover@example.org"}
	})
	p := s.order(active)
	outsideGot(t, world.mails)
	version := s.look(p).Version
	for range 2 {
		if a := s.send(request{method: "PUT", path: p.path("/time-zone"), as: p.buyer, body: `{"time_zone":"Asia/Tokyo"}`}); a.StatusCode != http.StatusNoContent {
			t.Fatalf("%s: %s", a.Status, a.raw)
		}
	}
	if o := s.look(p); o.Buyer.TimeZone != "Asia/Tokyo" || o.Version != version {
		t.Errorf("the order has %+v, version %d after %d", o.Buyer, o.Version, version)
	}
	events := into[api.EventPage](s, s.send(request{method: "GET", path: p.path("/events"), as: s.eva})).Events
	if last := events[len(events)-1]; len(events) != 2 || last.Type != order.TimeZoneNoted || last.TimeZone != "Asia/Tokyo" || last.By != order.Buyer {
		t.Errorf("the history is %+v", events)
	}
	made := s.send(request{method: "POST", path: p.path("/deliveries"), as: s.eva, header: []string{idempotencyField, "k"},
		body: `{"description":"See there.","confirm_no_files":true}`})
	if made.StatusCode != http.StatusCreated {
		t.Fatalf("%s: %s", made.Status, made.raw)
	}
	if mail := outsideGot(t, world.mails); !strings.Contains(mail.text, "JST") {
		t.Errorf("the letter is not in the buyer's zone:\n%s", mail.text)
	}
}
