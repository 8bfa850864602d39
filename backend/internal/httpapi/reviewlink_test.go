package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"handover/backend/api"
	"handover/backend/order"
)

func TestTheReviewLinkIsShownAgain(t *testing.T) {
	f := openOffice(t)
	o, _ := f.place(t)
	for range 2 {
		link, err := f.eva.ReviewLink(t.Context(), o.ID)
		if err != nil || link.ReviewURL != o.ReviewURL || link.Revoked {
			t.Fatalf("%+v, %v; want %s", link, err, o.ReviewURL)
		}
	}
	if stored, err := f.Order(t.Context(), o.ID); err != nil || strings.Contains(o.ReviewURL, stored.ReviewHash) {
		t.Errorf("the store keeps the link itself: %+v, %v", stored, err)
	}
}

func TestARenewedLinkReplacesTheOldOne(t *testing.T) {
	f := openOffice(t)
	o, before := f.place(t)
	opened, _ := f.exchange(t, nil, "GET", strings.TrimPrefix(o.ReviewURL, f.URL()), "")
	cookies := opened.Cookies()
	if opened.StatusCode != http.StatusSeeOther || len(cookies) != 1 {
		t.Fatalf("opening the link: %s, %v", opened.Status, cookies)
	}
	withCookie := func() int {
		resp, _ := f.exchange(t, nil, "GET", "/api/v1/orders/"+o.ID, "", "Cookie", cookies[0].Name+"="+cookies[0].Value)
		return resp.StatusCode
	}
	if status := withCookie(); status != http.StatusOK {
		t.Fatalf("the cookie opens nothing: %d", status)
	}

	renewed, err := f.eva.RenewReviewLink(t.Context(), o.ID)
	if err != nil || renewed.ReviewURL == "" || renewed.ReviewURL == o.ReviewURL || renewed.Revoked {
		t.Fatalf("%+v, %v", renewed, err)
	}
	_, err = before.Order(t.Context(), o.ID)
	want(t, err, http.StatusUnauthorized, order.Unauthenticated)
	if status := withCookie(); status != http.StatusUnauthorized {
		t.Errorf("the cookie of the old link still works: %d", status)
	}
	if got, err := f.opening(t, renewed.ReviewURL).Order(t.Context(), o.ID); err != nil || got.ID != o.ID {
		t.Errorf("the new link: %+v, %v", got, err)
	}
}

func TestARevokedLinkOpensNothingUntilRenewed(t *testing.T) {
	f := openOffice(t)
	o, before := f.place(t)
	for range 2 { // twice is the same as once
		link, err := f.eva.RevokeReviewLink(t.Context(), o.ID)
		if err != nil || link != (api.ReviewLink{Revoked: true}) {
			t.Fatalf("%+v, %v", link, err)
		}
	}
	_, err := before.Order(t.Context(), o.ID)
	want(t, err, http.StatusUnauthorized, order.Unauthenticated)
	stored, err := f.Order(t.Context(), o.ID)
	if err != nil || stored.Version != 2 {
		t.Errorf("version %d after one change, %v", stored.Version, err)
	}
	renewed, err := f.eva.RenewReviewLink(t.Context(), o.ID)
	if err != nil || renewed.Revoked {
		t.Fatalf("%+v, %v", renewed, err)
	}
	if _, err := f.opening(t, renewed.ReviewURL).Order(t.Context(), o.ID); err != nil {
		t.Error(err)
	}
	_, err = before.Order(t.Context(), o.ID)
	want(t, err, http.StatusUnauthorized, order.Unauthenticated)
}

func TestOnlyTheSellerHasTheLink(t *testing.T) {
	f := openOffice(t)
	o, bea := f.place(t)
	for name, call := range map[string]func(*api.Client) error{
		"show":   func(c *api.Client) error { _, err := c.ReviewLink(t.Context(), o.ID); return err },
		"renew":  func(c *api.Client) error { _, err := c.RenewReviewLink(t.Context(), o.ID); return err },
		"revoke": func(c *api.Client) error { _, err := c.RevokeReviewLink(t.Context(), o.ID); return err },
	} {
		t.Run(name, func(t *testing.T) {
			want(t, call(bea), http.StatusForbidden, order.Forbidden)
			want(t, call(f.otto), http.StatusNotFound, order.NotFound)
			want(t, call(f.with(t, "nobody")), http.StatusUnauthorized, order.Unauthenticated)
		})
	}
	if _, err := bea.Order(t.Context(), o.ID); err != nil {
		t.Errorf("a refused request changed the link: %v", err)
	}
}
