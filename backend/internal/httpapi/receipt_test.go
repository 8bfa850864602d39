package httpapi_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/api"
	"handover/backend/receipt"
)

func TestReceipts(t *testing.T) {
	s := openShop(t)
	o, buyer := s.sell("Wedding film", "480.00")
	film := s.upload(o.ID, "Fotos für Bea/film.mov", "a film")
	s.deliver(o.ID, film)
	told, err := s.client("").ServerKey(t.Context()) // anybody may ask
	if err != nil || told.Algorithm != "Ed25519" {
		t.Fatalf("%+v, %v", told, err)
	}
	key, err := receipt.ParseKey([]byte(told.Key))
	if err != nil || receipt.KeyID(key) != told.KeyID {
		t.Fatal(told, err)
	}
	file, err := buyer.Receipt(t.Context(), o.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := receipt.Verify(file, key)
	if err != nil {
		t.Fatal(err)
	}
	description := sha256.Sum256([]byte("The film."))
	want := receipt.Receipt{
		Order: o.ID, Title: "Wedding film", Number: 1, DeliveredAt: opening, Seller: "Eva Editor", Buyer: "Bea",
		DescriptionSHA256: hex.EncodeToString(description[:]), Server: "https://handover.example.org", KeyID: told.KeyID,
		Files: []receipt.File{{Path: film.Path, Size: film.Size, SHA256: film.SHA256}},
		Links: []receipt.Link{{URL: "https://cloud.example/film"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	same := func(when string, who *api.Client) {
		t.Helper()
		again, err := who.Receipt(t.Context(), o.ID, 1)
		if err != nil || string(again) != string(file) {
			t.Errorf("%s: another receipt, %v", when, err)
		}
	}
	same("for the seller", s.seller)
	s.wait(time.Hour)
	if _, err := buyer.Review(o.ID).RequestChanges(t.Context(), api.Changes{Message: "Louder"}); err != nil {
		t.Fatal(err)
	}
	title := "The loud wedding film"
	if _, err := s.seller.ChangeOrder(t.Context(), o.ID, api.OrderEdit{Title: &title}); err != nil {
		t.Fatal(err)
	}
	s.deliver(o.ID)
	s.wait(80 * time.Hour)
	same("after a new delivery and the end of the review", buyer)
	s.close()
	s.open()
	buyer = s.client(path.Base(o.ReviewURL))
	same("after a restart", buyer)
	if second, err := buyer.Receipt(t.Context(), o.ID, 2); err != nil || string(second) == string(file) {
		t.Errorf("the second delivery's: %v", err)
	}
}

func TestReceiptsAreForTheParties(t *testing.T) {
	s := openShop(t)
	o, buyer := s.sell("Film", "")
	_, stranger := s.sell("Another", "")
	_, err := buyer.Receipt(t.Context(), o.ID, 1)
	s.refused(err, http.StatusNotFound) // nothing is delivered
	s.deliver(o.ID)
	_, err = stranger.Receipt(t.Context(), o.ID, 1)
	s.refused(err, http.StatusNotFound)
	_, err = s.client("").Receipt(t.Context(), o.ID, 1)
	s.refused(err, http.StatusUnauthorized)
	for _, n := range []int{0, 2, -1} {
		_, err = buyer.Receipt(t.Context(), o.ID, n)
		s.refused(err, http.StatusNotFound)
	}
	resp, _ := s.ask(buyer, "GET", "/api/v1/orders/"+o.ID+"/deliveries/1/receipt", "")
	if got := resp.Header.Get("Content-Type"); got != receipt.MediaType {
		t.Errorf("Content-Type %q", got)
	}
	if got, err := s.seller.Order(t.Context(), o.ID); err != nil || got.Deliveries[0].OpenedAt != nil {
		t.Errorf("a receipt counts as looking at the work: %+v, %v", got, err)
	}
}
