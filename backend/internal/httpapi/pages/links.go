package pages

import (
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode"

	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/problem"
	"handover/backend/internal/token"
)

// cookieLasts is how long a browser can return to an order without the link.
const cookieLasts = 180 * 24 * time.Hour

// openReview turns a review link into a cookie for this order alone, and
// redirects to an address without the token, so that the token does not appear
// in histories and screenshots.
func (s *handler) openReview(w http.ResponseWriter, r *http.Request) {
	p, err := s.Buyer(r.Context(), linkToken(r))
	if err != nil {
		s.noSuchLink(w, err)
		return
	}
	s.setCookie(w, access.ReviewCookie(p.OrderID), p.Token)
	http.Redirect(w, r, orderPage(p.OrderID), http.StatusSeeOther)
}

// openView turns a link to look into a cookie, as openReview does with the
// buyer's link. In a browser that has the buyer's cookie too, the page shows the
// buyer's view, and "#own" in the address makes it explain this.
func (s *handler) openView(w http.ResponseWriter, r *http.Request) {
	p, err := s.Viewer(r.Context(), linkToken(r))
	if err != nil {
		s.noSuchLink(w, err)
		return
	}
	s.setCookie(w, access.ViewCookie(p.OrderID), p.Token)
	page := orderPage(p.OrderID)
	buyer, err := s.BuyerByCookie(r, p.OrderID)
	if err != nil && !errors.Is(err, access.ErrUnauthenticated) {
		problem.Refuse(w, err, s.Log)
		return
	}
	if buyer.OrderID == p.OrderID {
		page += "#own"
	}
	http.Redirect(w, r, page, http.StatusSeeOther)
}

func orderPage(id string) string { return "/review/order/" + id }

// linkToken returns the token in the address of a link. Mail and chat programs
// often add the characters that follow a link in a sentence, such as ")." or
// ">". No token begins or ends with those.
func linkToken(r *http.Request) string {
	return strings.TrimFunc(r.PathValue("token"), func(c rune) bool {
		return c > unicode.MaxASCII || !strings.ContainsRune(token.Alphabet, c)
	})
}

// noSuchLink answers a link that opens nothing. The buyer's page explains it:
// wrong, revoked and guessed links have the same answer.
func (s *handler) noSuchLink(w http.ResponseWriter, err error) {
	if !errors.Is(err, access.ErrUnauthenticated) {
		problem.Refuse(w, err, s.Log)
		return
	}
	s.page(w, http.StatusNotFound)
}

func (s *handler) setCookie(w http.ResponseWriter, name, token string) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: token, Path: s.Base + "/", MaxAge: int(cookieLasts.Seconds()),
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	})
}
