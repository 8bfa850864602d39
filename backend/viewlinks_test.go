package backend_test

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// shown is a link to look at an order.
type shown struct {
	token, cookie string
	number        int
}

// share has the order's buyer make a link to look.
func (s *site) share(p placed) shown {
	s.Helper()
	links := into[api.ViewLinks](s, s.send(request{method: "POST", path: p.path("/view-links"), as: p.buyer, body: `{"name":"Ada"}`}))
	l := links.Links[len(links.Links)-1]
	token, ok := strings.CutPrefix(l.URL, s.URL()+"/review/look/")
	if !ok || len(token) != 43 {
		s.Fatalf("the link is %q", l.URL)
	}
	return shown{token, "handover_view_" + p.id + "=" + token, l.Number}
}

func (s *site) endSharing(p placed, v shown) api.ViewLinks {
	s.Helper()
	return into[api.ViewLinks](s, s.send(request{method: "DELETE", path: fmt.Sprintf("%s/%d", p.path("/view-links"), v.number), as: p.buyer}))
}

func (s *site) openView(v shown, header ...string) answer {
	s.Helper()
	return s.send(request{method: "GET", path: "/review/look/" + v.token, header: header})
}

func TestALinkToLook(t *testing.T) {
	s := newSite(t)
	p := s.order(buyerProposed)
	v := s.share(p)
	a := s.openView(v)
	if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/review/order/"+p.id || strings.Contains(string(a.raw), v.token) {
		t.Errorf("the link leads with %s to %q: %s", a.Status, a.Header.Get("Location"), a.raw)
	}
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the token may stay in caches or be sent on: %v", a.Header)
	}
	cookies := a.Cookies()
	if len(cookies) != 1 || cookies[0].Name+"="+cookies[0].Value != v.cookie {
		t.Fatalf("the link sets %v", cookies)
	}
	if c := cookies[0]; !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Domain != "" || c.MaxAge <= 0 {
		t.Errorf("the cookie is %s", c)
	}
	raw := s.send(request{method: "GET", path: p.path(""), header: []string{"Cookie", v.cookie}})
	o := into[api.Order](s, raw)
	if o.ID != p.id || o.Viewer != "Ada" || o.Buyer.Name != "Bea" || len(o.Deliveries) != 1 || len(o.Deliveries[0].Files) != 1 || !slices.Equal(o.Allowed, []order.Action{order.WriteComment}) {
		t.Errorf("a viewer sees %s", raw.raw)
	}
	for _, secret := range []string{"120.50", "EUR", "bea@example.org", "sorry", "pending", "review_ends_at\":\"", "opened_at", "downloaded_at"} {
		if strings.Contains(string(raw.raw), secret) {
			t.Errorf("a viewer sees %s: %s", secret, raw.raw)
		}
	}
	if again := s.send(request{method: "GET", path: p.path("/view-links"), as: p.buyer}); !strings.Contains(string(again.raw), v.token) {
		t.Errorf("the buyer does not see the link again: %s", again.raw)
	}
	s.openLink(v.token).refusedPage(t) // a link to look is no buyer's, nor the other way round
	s.openView(shown{token: p.buyer}).refusedPage(t)
}

// refusedPage demands the page that every link gets which opens nothing.
func (a answer) refusedPage(t *testing.T) {
	t.Helper()
	if a.StatusCode != http.StatusNotFound || len(a.Cookies()) > 0 || !strings.Contains(string(a.raw), "<title>Review") {
		t.Errorf("%s is answered with %s, %v: %.100s", a.path, a.Status, a.Cookies(), a.raw)
	}
}

func TestEndingALinkToLook(t *testing.T) {
	for name, end := range map[string]func(*site, placed, shown){
		"by the buyer": func(s *site, p placed, v shown) { s.endSharing(p, v) },
		"with the buyer's link, renewed": func(s *site, p placed, _ shown) {
			s.send(request{method: "POST", path: p.path("/review-link"), as: s.eva})
		},
		"with the buyer's link, revoked": func(s *site, p placed, _ shown) {
			s.send(request{method: "DELETE", path: p.path("/review-link"), as: s.eva})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			p := s.order(delivered)
			v := s.share(p)
			look := func() []answer {
				var answers []answer
				for _, rest := range []string{"", "/deliveries/1/files/" + p.file.ID, "/deliveries/1/archive.zip"} {
					answers = append(answers, s.send(request{method: "GET", path: p.path(rest), as: v.token}),
						s.send(request{method: "GET", path: p.path(rest), header: []string{"Cookie", v.cookie}}))
				}
				return answers
			}
			for _, a := range look() {
				if a.StatusCode != http.StatusOK {
					t.Fatalf("before: %s %s %s", a.path, a.Status, a.raw)
				}
			}
			end(s, p, v)
			for _, a := range look() {
				a.refused(t, http.StatusUnauthorized, order.Unauthenticated)
			}
			s.openView(v).refusedPage(t)
		})
	}
}

// Neither link takes from a browser what the other gave it.
func TestBothLinksInOneBrowser(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	v := s.share(p)
	buyers := "handover_review_" + p.id + "=" + p.buyer
	allowed := func(cookies string) (viewer string, may bool) {
		t.Helper()
		o := into[api.Order](s, s.send(request{method: "GET", path: p.path(""), header: []string{"Cookie", cookies}}))
		return o.Viewer, slices.Contains(o.Allowed, order.Accept)
	}
	a := s.openView(v, "Cookie", buyers)
	if got := a.Header.Get("Location"); got != "/review/order/"+p.id+"#own" || len(a.Cookies()) != 1 || a.Cookies()[0].Name == "handover_review_"+p.id {
		t.Errorf("the buyer's browser is sent to %q with %v", got, a.Cookies())
	}
	for _, both := range []string{buyers + "; " + v.cookie, v.cookie + "; " + buyers} {
		if viewer, may := allowed(both); viewer != "" || !may {
			t.Errorf("with both the buyer is %q and may accept: %t", viewer, may)
		}
	}
	if viewer, may := allowed("handover_review_" + p.id + "=guess; " + v.cookie); viewer != "Ada" || may {
		t.Errorf("with a wrong cookie of the buyer's the viewer is %q and may accept: %t", viewer, may)
	}
	if b := s.send(request{method: "GET", path: "/review/" + p.buyer, header: []string{"Cookie", v.cookie}}); len(b.Cookies()) != 1 || b.Cookies()[0].Name != "handover_review_"+p.id {
		t.Errorf("in a viewer's browser the buyer's link sets %v", b.Cookies())
	}
	// A cookie of another order does not make its buyer this one's.
	other := s.order(delivered)
	if a := s.openView(v, "Cookie", "handover_review_"+p.id+"="+other.buyer); strings.Contains(a.Header.Get("Location"), "#") {
		t.Errorf("another order's buyer is sent to %s", a.Header.Get("Location"))
	}
	// One name under the other's is nothing.
	for _, moved := range []string{"handover_review_" + p.id + "=" + v.token, "handover_view_" + p.id + "=" + p.buyer} {
		s.send(request{method: "GET", path: p.path(""), header: []string{"Cookie", moved}}).refused(t, http.StatusUnauthorized, order.Unauthenticated)
	}
}

func TestTwentyMayLook(t *testing.T) {
	s := newSite(t)
	p := s.order(active)
	var first shown
	for i := range order.MaxViewLinks {
		if v := s.share(p); i == 0 {
			first = v
		}
	}
	more := request{method: "POST", path: p.path("/view-links"), as: p.buyer, body: `{"name":"Ben"}`}
	s.send(more).refused(t, http.StatusConflict, order.Conflict)
	if left := s.endSharing(p, first); len(left.Links) != order.MaxViewLinks-1 || left.Most != order.MaxViewLinks {
		t.Errorf("left: %+v", left)
	}
	links := into[api.ViewLinks](s, s.send(more))
	if last := links.Links[len(links.Links)-1]; last.Name != "Ben" || path.Base(last.URL) == first.token || last.OpenedAt != nil {
		t.Errorf("%+v", last)
	}
	s.send(request{method: "DELETE", path: p.path("/view-links/0"), as: p.buyer}).refused(t, http.StatusUnprocessableEntity, order.Invalid)
}

// What a viewer writes is a draft of theirs that the buyer sends, or deletes.
func TestAViewerComments(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	ada, ben := s.share(p), s.share(p)
	put := func(as, id string) answer {
		return s.send(request{method: "PUT", path: p.path("/comments/" + id), as: as, body: `{"delivery":1,"text":"louder"}`})
	}
	for as, id := range map[string]string{ada.token: "a", ben.token: "b", p.buyer: "c"} {
		into[api.Comment](s, put(as, id))
	}
	put(ada.token, "b").refused(t, http.StatusForbidden, order.Forbidden)
	s.send(request{method: "DELETE", path: p.path("/comments/c"), as: ada.token}).refused(t, http.StatusForbidden, order.Forbidden)
	if a := s.send(request{method: "DELETE", path: p.path("/comments/b"), as: ben.token}); a.StatusCode != http.StatusNoContent {
		t.Errorf("a viewer deletes their own: %s %s", a.Status, a.raw)
	}
	sent := s.send(request{method: "POST", path: p.path("/changes"), as: p.buyer, body: `{"points":["a","c"]}`})
	into[api.Order](s, sent)
	var of []order.Author
	for _, c := range into[api.CommentList](s, s.send(request{method: "GET", path: p.path("/comments"), as: s.eva})).Comments {
		of = append(of, c.Author)
	}
	adas := order.Author{Party: order.Viewer, ID: fmt.Sprint(ada.number), Name: "Ada"}
	if len(of) != 2 || !slices.Contains(of, adas) || !slices.Contains(of, order.Author{Party: order.Buyer, Name: "Bea"}) {
		t.Errorf("the seller sees points of %+v", of)
	}
	put(ada.token, "d").refused(t, http.StatusConflict, order.Conflict)
}

// A viewer's stream tells what a viewer may know, and ends with the link.
func TestAViewersStream(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	v := s.share(p)
	resp := s.open(t.Context(), request{method: "GET", path: "/api/v1/events?order=" + p.id, header: []string{"Cookie", v.cookie}})
	defer resp.Body.Close()
	act := func(as, rest, body string) {
		into[api.Order](s, s.send(request{method: "POST", path: p.path(rest), as: as, body: body}))
	}
	act(s.eva, "/messages", `{"message":"between us"}`)
	act(p.buyer, "/changes", `{"message":"longer"}`)
	s.endSharing(p, v)
	act(p.buyer, "/messages", `{"message":"afterwards"}`)
	text := make(chan string, 1)
	go func() {
		raw, _ := io.ReadAll(resp.Body)
		text <- string(raw)
	}()
	select {
	case got := <-text:
		// What was noted before the link ended may be sent or not; nothing else is.
		if strings.Contains(got, "between us") || strings.Contains(got, "longer") || strings.Contains(got, "afterwards") || strings.Contains(got, "message_written") {
			t.Errorf("the viewer hears %s", got)
		}
	case <-time.After(tooLong):
		t.Error("the stream goes on after its link has ended")
	}
}
