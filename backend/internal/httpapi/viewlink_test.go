package httpapi_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// showTo has the buyer make a link to look, and returns whoever has it.
func (s *shop) showTo(id string, buyer *api.Client, name string) *api.Client {
	s.Helper()
	resp, text := s.ask(buyer, "POST", "/api/v1/orders/"+id+"/view-links", `{"name":"`+name+`"}`, "Content-Type", "application/json")
	var links api.ViewLinks
	if err := json.Unmarshal([]byte(text), &links); err != nil || resp.StatusCode != http.StatusCreated {
		s.Fatalf("sharing: %s %s", resp.Status, text)
	}
	return s.client(path.Base(links.Links[len(links.Links)-1].URL))
}

// What a viewer looks at and fetches is noted as theirs, for the seller in the
// history and for the buyer with the link, and never as the buyer's.
func TestViewersReadingsAreTheirs(t *testing.T) {
	s := openShop(t)
	o, bea := s.sell("Film", "480.00")
	events := s.follow()
	ada := s.showTo(o.ID, bea, "Ada")
	if e := s.next(events, order.WorkShared); e.Viewer != "Ada" || e.By != order.Buyer {
		t.Errorf("the seller hears %+v", e)
	}
	s.deliver(o.ID, s.upload(o.ID, "film.mov", "the film"))
	s.wait(time.Hour)
	looked := s.now()
	file := func() string {
		seen, err := ada.Order(t.Context(), o.ID)
		if err != nil {
			t.Fatal(err)
		}
		return "/api/v1/orders/" + o.ID + "/deliveries/1/files/" + seen.Deliveries[0].Files[0].ID
	}()
	if e := s.next(events, order.WorkViewed); e.Viewer != "Ada" || e.By != order.Viewer || e.Delivery != 1 || !e.At.Equal(looked) {
		t.Errorf("the seller hears %+v", e)
	}
	s.ask(ada, "HEAD", file, "")
	s.ask(ada, "GET", file+"/preview", "")
	if resp, text := s.ask(ada, "GET", file, ""); resp.StatusCode != http.StatusOK || text != "the film" {
		t.Errorf("a viewer downloads %s %s", resp.Status, text)
	}
	if e := s.next(events, order.FileDownloaded); e.Viewer != "Ada" || e.By != order.Viewer || e.File != path.Base(file) {
		t.Errorf("the seller hears %+v", e)
	}
	seen, err := s.seller.Order(t.Context(), o.ID)
	if d := seen.Deliveries[0]; err != nil || d.OpenedAt != nil || d.ArchiveDownloadedAt != nil || !d.Files[0].DownloadedAt.IsZero() {
		t.Errorf("it counts as the buyer's: %+v, %v", d, err)
	}
	_, text := s.ask(bea, "GET", "/api/v1/orders/"+o.ID+"/view-links", "")
	var links api.ViewLinks
	if err := json.Unmarshal([]byte(text), &links); err != nil || len(links.Links) != 1 || links.Links[0].OpenedAt == nil || !links.Links[0].OpenedAt.Equal(looked) {
		t.Errorf("the buyer sees %s, %v", text, err)
	}
	history, err := bea.History(t.Context(), o.ID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range history.Events {
		if e.By == order.Viewer {
			t.Errorf("the buyer's history has %+v", e)
		}
	}
	if _, err := bea.Order(t.Context(), o.ID); err != nil {
		t.Fatal(err)
	}
	if e := s.next(events, order.DeliveryOpened); e.By != order.Buyer || e.Viewer != "" {
		t.Errorf("the seller hears of the buyer %+v", e)
	}
}

// A link of another secret cannot be said again; it can be ended.
func TestALinkToLookOfAnotherSecret(t *testing.T) {
	s := openShop(t)
	o, bea := s.sell("Film", "")
	ada := s.showTo(o.ID, bea, "Ada")
	route := "/api/v1/orders/" + o.ID + "/view-links"
	s.close()
	if err := os.Remove(filepath.Join(s.dir, "secret.key")); err != nil {
		t.Fatal(err)
	}
	s.open()
	_, text := s.ask(bea, "GET", route, "")
	if !strings.Contains(text, `"url":""`) || !strings.Contains(text, "Ada") {
		t.Errorf("the buyer sees %s", text)
	}
	if resp, text := s.ask(ada, "GET", "/api/v1/orders/"+o.ID, ""); resp.StatusCode != http.StatusOK {
		t.Errorf("the link itself: %s %s", resp.Status, text)
	}
	if resp, text := s.ask(bea, "DELETE", route+"/1", ""); resp.StatusCode != http.StatusOK || strings.Contains(text, "Ada") {
		t.Errorf("ended: %s %s", resp.Status, text)
	}
}
