package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

func TestWhatTheBuyerLooksAtIsNotedOnce(t *testing.T) {
	s := openShop(t)
	o, buyer := s.sell("Film", "480.00")
	if _, err := buyer.Order(t.Context(), o.ID); err != nil { // nothing is delivered yet
		t.Fatal(err)
	}
	events := s.follow()
	delivered := s.deliver(o.ID, s.upload(o.ID, "film.mov", "a film"), s.upload(o.ID, "notes.txt", "notes"))
	file := fmt.Sprintf("/api/v1/orders/%s/deliveries/1/files/%s", o.ID, delivered.Deliveries[0].Files[0].ID)
	archive := "/api/v1/orders/" + o.ID + "/deliveries/1/archive.zip"

	// None of these is the buyer reading it.
	for _, q := range []struct {
		who           *api.Client
		method, route string
		headers       []string
		want          int
	}{
		{s.seller, "GET", "/api/v1/orders/" + o.ID, nil, 200},
		{s.seller, "GET", file, nil, 200},
		{s.seller, "GET", archive, nil, 200},
		{buyer, "HEAD", "/api/v1/orders/" + o.ID, nil, 200},
		{buyer, "HEAD", file, nil, 200},
		{buyer, "HEAD", archive, nil, 200},
		{buyer, "GET", file, []string{"Range", "bytes=900-"}, 416},
		{buyer, "GET", file, []string{"If-None-Match", `"` + delivered.Deliveries[0].Files[0].SHA256 + `"`}, 304},
		{buyer, "GET", file + "x", nil, 404},
		{nil, "GET", file, nil, 401},
	} {
		if resp, text := s.ask(q.who, q.method, q.route, "", q.headers...); resp.StatusCode != q.want {
			t.Fatalf("%s %s: %s %s", q.method, q.route, resp.Status, text)
		}
	}
	s.wait(time.Hour)
	at := s.now()
	for range 3 {
		if _, err := buyer.Order(t.Context(), o.ID); err != nil {
			t.Fatal(err)
		}
	}
	// It is the first event since the delivery: nothing before was noted.
	if e := s.after(events, order.WorkDelivered); e.Type != order.DeliveryOpened || !e.At.Equal(at) || e.Delivery != 1 || e.By != order.Buyer {
		t.Fatalf("%+v", e)
	}
	s.wait(time.Hour)
	for _, part := range []string{"bytes=0-1", "bytes=2-", "bytes=0-0"} {
		if resp, _ := s.ask(buyer, "GET", file, "", "Range", part); resp.StatusCode != http.StatusPartialContent {
			t.Fatal(resp.Status)
		}
	}
	if e := s.next(events, ""); e.Type != order.FileDownloaded || e.File != delivered.Deliveries[0].Files[0].ID {
		t.Fatalf("%+v", e)
	}
	for range 2 {
		s.ask(buyer, "GET", archive, "")
	}
	if e := s.next(events, ""); e.Type != order.FileDownloaded || e.File != order.Archive {
		t.Fatalf("%+v", e)
	}
	d, version := s.look(s.seller, o.ID)
	if d.OpenedAt == nil || !d.OpenedAt.Equal(at) || !d.Files[0].DownloadedAt.Equal(s.now()) || !d.Files[1].DownloadedAt.IsZero() ||
		d.ArchiveDownloadedAt == nil || !d.ArchiveDownloadedAt.Equal(s.now()) {
		t.Errorf("the seller sees %+v", d)
	}
	if version != delivered.Version {
		t.Errorf("reading made version %d out of %d", version, delivered.Version)
	}
	if d, _ := s.look(buyer, o.ID); d.OpenedAt != nil || d.ArchiveDownloadedAt != nil || !d.Files[0].DownloadedAt.IsZero() {
		t.Errorf("the buyer sees %+v", d)
	}
	// A new delivery has not been opened, and the old one was when it was.
	again := s.deliver(o.ID)
	if got, err := s.seller.Order(t.Context(), o.ID); err != nil || got.Deliveries[1].OpenedAt != nil || got.Deliveries[0].OpenedAt == nil {
		t.Errorf("%+v, %v", got.Deliveries, err)
	}
	if _, err := buyer.Order(t.Context(), o.ID); err != nil {
		t.Fatal(err)
	}
	if e := s.after(events, order.WorkDelivered); e.Type != order.DeliveryOpened || e.Delivery != again.Deliveries[1].Number {
		t.Errorf("%+v", e)
	}
}

// Reading makes no decision of the seller's stale, and still the seller's copy
// of the order is no longer the latest; the buyer's is.
func TestReadingsAndEntityTags(t *testing.T) {
	s := openShop(t)
	o, buyer := s.sell("Film", "")
	s.deliver(o.ID)
	route := "/api/v1/orders/" + o.ID
	tag := func(c *api.Client) string {
		resp, _ := s.ask(c, "GET", route, "")
		return resp.Header.Get("ETag")
	}
	sellers := tag(s.seller)
	events := s.follow()
	buyers := tag(buyer)
	s.next(events, order.DeliveryOpened)
	if resp, _ := s.ask(s.seller, "GET", route, "", "If-None-Match", sellers); resp.StatusCode != http.StatusOK {
		t.Errorf("the seller is not told: %s", resp.Status)
	}
	if resp, _ := s.ask(buyer, "GET", route, "", "If-None-Match", buyers); resp.StatusCode != http.StatusNotModified {
		t.Errorf("the buyer is told of their own reading: %s", resp.Status)
	}
	resp, text := s.ask(s.seller, "POST", route+"/messages", `{"message":"Hello"}`, "Content-Type", "application/json", "If-Match", sellers)
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the seller's action became stale: %s, %s", resp.Status, text)
	}
}

// after waits for an event of the type and returns the one that follows.
func (s *shop) after(events <-chan order.Event, kind order.EventType) order.Event {
	s.Helper()
	s.next(events, kind)
	return s.next(events, "")
}

func (s *shop) look(as *api.Client, id string) (api.Delivery, int) {
	s.Helper()
	o, err := as.Order(s.Context(), id)
	if err != nil {
		s.Fatal(err)
	}
	return o.Deliveries[0], o.Version
}

// What waits to be noted when the server stops is there when it starts again.
func TestReadingsSurviveTheEnd(t *testing.T) {
	s := openShop(t)
	o, buyer := s.sell("Film", "")
	const n = 40
	var files []api.DeliveredFile
	for i := range n {
		files = append(files, s.upload(o.ID, fmt.Sprintf("%d.txt", i), strings.Repeat("x", i)))
	}
	delivered := s.deliver(o.ID, files...)
	var downloads sync.WaitGroup
	for _, f := range delivered.Deliveries[0].Files {
		for range 3 { // at once, too
			downloads.Go(func() {
				s.ask(buyer, "GET", fmt.Sprintf("/api/v1/orders/%s/deliveries/1/files/%s", o.ID, f.ID), "")
			})
		}
	}
	downloads.Wait()
	s.close()
	s.open()
	stored, err := s.Order(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range stored.Deliveries[0].Files {
		if f.DownloadedAt.IsZero() {
			t.Errorf("%s was downloaded, and nobody knows", f.Path)
		}
	}
}

func TestTheSellerHearsThatNobodyHasLooked(t *testing.T) {
	s := openShop(t)
	o, buyer := s.sell("Film", "")
	p, _ := s.sell("Another film", "")
	events := s.follow()
	s.deliver(o.ID)
	s.deliver(p.ID)
	if _, err := buyer.Order(t.Context(), o.ID); err != nil {
		t.Fatal(err)
	}
	s.next(events, order.DeliveryOpened)
	s.wait(48 * time.Hour)
	s.sell("Wakes the clock", "")
	for range 2 {
		if e := s.next(events, order.ReviewEndsSoon); e.Unopened != (e.Order == p.ID) {
			t.Errorf("%+v", e)
		}
	}
}
