package backend_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"handover/backend"
	"handover/backend/api"
)

// opensBelow opens an order as browsers and programs do, and demands that no
// address on the way leads out of the path of the public address.
func (s *site) opensBelow(p placed) {
	s.Helper()
	link := into[api.ReviewLink](s, s.send(request{method: "GET", path: p.path("/review-link"), as: s.eva})).ReviewURL
	u, err := url.Parse(link)
	noFault(s.T, err)
	if want := s.base + "/review/" + p.buyer; u.EscapedPath() != want {
		s.Errorf("the link's path is %s, want %s", u.EscapedPath(), want)
	}
	opened := s.send(request{method: "GET", path: u.EscapedPath()})
	page := s.base + "/review/order/" + p.id
	if opened.StatusCode != http.StatusSeeOther || opened.Header.Get("Location") != page || len(opened.Cookies()) != 1 {
		s.Fatalf("the review link: %s %v", opened.Status, opened.Header)
	}
	cookie := opened.Cookies()[0]
	if cookie.Path != s.base+"/" || cookie.Secure != strings.HasPrefix(link, "https:") {
		s.Errorf("the cookie is %s", cookie)
	}
	for _, path := range []string{page, page + "/", s.base + "/review/assets/app-1.js"} {
		if a := s.send(request{method: "GET", path: path}); a.StatusCode != http.StatusOK {
			s.Errorf("%s: %s", path, a.Status)
		} else if strings.HasPrefix(path, page) && !strings.Contains(string(a.raw), `="`+s.base+`/review/assets/app-1.js"`) {
			s.Errorf("the page of %s looks elsewhere for its script: %s", path, a.raw)
		}
	}
	header := []string{"Cookie", cookie.Name + "=" + cookie.Value}
	for _, rest := range []string{"", "/comments", "/deliveries/1/archive.zip"} {
		if a := s.send(request{method: "GET", path: p.path(rest), header: header}); a.StatusCode != http.StatusOK {
			s.Errorf("with the cookie %s: %s", rest, a.Status)
		}
	}
	client, err := api.NewClient(s.address+s.base+"/", s.eva, s.client.Transport)
	noFault(s.T, err)
	if o, err := client.Order(s.Context(), p.id); err != nil || o.ID != p.id {
		s.Errorf("a program gets %+v, %v", o, err)
	}
}

// Without any proxy the server answers below the path of its public address,
// even if that is called as one of its own routes.
func TestBelowAPath(t *testing.T) {
	for _, path := range []string{"", "/handover", "/work/f%C3%BCr%20dich", "/review", "/api"} {
		t.Run(path, func(t *testing.T) {
			s := newSite(t, func(c *backend.Config) { c.PublicURL = "https://example.org" + path + "/" })
			s.base = path
			p := s.order(delivered)
			s.uploadsInParts(s.order(active))
			s.opensBelow(p)
		})
	}
}

// uploadsInParts follows every address that the protocol for uploads has.
func (s *site) uploadsInParts(p placed) {
	s.Helper()
	tus := []string{"Tus-Resumable", "1.0.0"}
	var parts []string
	for _, text := range []string{"one", "two"} {
		made := s.send(request{method: "POST", path: "/uploads/", as: s.eva, body: text, header: append([]string{
			"Upload-Length", "3", "Upload-Concat", "partial", "Content-Type", "application/offset+octet-stream", "Upload-Metadata", s.metadata(p, "film.mov"),
		}, tus...)})
		parts = append(parts, made.Header.Get("Location"))
	}
	made := s.send(request{method: "POST", path: "/uploads/", as: s.eva, header: append([]string{
		"Upload-Concat", "final;" + strings.Join(parts, " "), "Upload-Metadata", s.metadata(p, "film.mov"),
	}, tus...)})
	where := made.Header.Get("Location")
	if made.StatusCode != http.StatusCreated || !strings.HasPrefix(where, s.base+"/uploads/") {
		s.Fatalf("put together from %q: %s %s %s", parts, made.Status, where, made.raw)
	}
	head := s.send(request{method: "HEAD", path: where, as: s.eva, header: tus})
	if got, want := head.Header.Get("Upload-Concat"), "final;"+strings.Join(parts, " "); head.StatusCode != http.StatusOK || got != want {
		s.Errorf("the final upload: %s, Upload-Concat %q, want %q", head.Status, got, want)
	}
}

// metadata is Upload-Metadata.
func (s *site) metadata(p placed, path string) string {
	encode := base64.StdEncoding.EncodeToString
	return "order " + encode([]byte(p.id)) + ",path " + encode([]byte(path))
}

// Mail and chat programs take what stands behind a link for a part of it.
func TestLinkWithWhatFollowedIt(t *testing.T) {
	for _, path := range []string{"", "/handover"} {
		s := newSite(t, func(c *backend.Config) { c.PublicURL = "https://example.org" + path })
		s.base = path
		p := s.order(delivered)
		v := s.share(p)
		for _, tail := range []string{
			"/", ".", ")", ",", ">", " ", "%20", "%2E", "%29", "%2C", "%3E", "%2F", ").", "/).", ">,", "%3E.", "%22", "%E2%80%9D", "%C2%A0", ";", "!", "?", "]", "*", "//", "/.",
		} {
			for _, link := range []string{"/review/" + p.buyer, "/review/look/" + v.token} {
				a := s.send(request{method: "GET", path: link + strings.ReplaceAll(tail, " ", "%20")})
				if a.StatusCode == http.StatusMovedPermanently || a.StatusCode == http.StatusTemporaryRedirect { // the path was cleaned
					a = s.send(request{method: "GET", path: a.Header.Get("Location")})
				}
				if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != path+"/review/order/"+p.id {
					t.Errorf("followed by %q: %s %s", tail, a.Status, a.Header.Get("Location"))
				}
			}
			for _, not := range []string{"/review/" + p.buyer[:42] + tail, "/review/" + p.buyer + "/x" + tail, "/review/x" + tail} {
				if a := s.send(request{method: "GET", path: strings.ReplaceAll(not, " ", "%20")}); a.StatusCode == http.StatusSeeOther {
					t.Errorf("%s is answered with %s", not, a.Status)
				}
			}
		}
	}
}
