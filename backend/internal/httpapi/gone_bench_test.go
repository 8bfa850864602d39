package httpapi_test

import (
	"encoding/json"
	"net/http"
	"path"
	"testing"

	"handover/backend/api"
)

// BenchmarkGoneLinks asks with links that never were and with those that are no
// more: the same work for all, so that the time tells nothing either.
func BenchmarkGoneLinks(b *testing.B) {
	f := openOffice(b)
	o, bea := f.place(b)
	_, text := f.exchange(b, bea, "POST", "/api/v1/orders/"+o.ID+"/view-links", `{"name":"Ada"}`, "Content-Type", "application/json")
	var links api.ViewLinks
	if err := json.Unmarshal([]byte(text), &links); err != nil || len(links.Links) != 1 {
		b.Fatalf("sharing: %s, %v", text, err)
	}
	if _, err := f.eva.RevokeReviewLink(b.Context(), o.ID); err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, token string }{
		{"guessed", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}, {"revoked", path.Base(o.ReviewURL)}, {"to look, ended", path.Base(links.Links[0].URL)},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				resp, _ := f.exchange(b, f.with(b, c.token), "GET", "/api/v1/orders/"+o.ID, "")
				if resp.StatusCode != http.StatusUnauthorized {
					b.Fatal(resp.Status)
				}
			}
		})
	}
}
