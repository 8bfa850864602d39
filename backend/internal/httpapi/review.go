package httpapi

import (
	"bytes"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"

	"handover/backend/internal/token"
)

// cookieLasts is how long a browser may come back to an order without the link.
const cookieLasts = 180 * 24 * time.Hour

// pagePolicy allows the buyer's page its own scripts and styles and nothing else.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// openReview turns a review link into a cookie for this order alone, and moves
// on to an address without the token, which would otherwise stand in histories
// and screenshots.
func (s *Server) openReview(w http.ResponseWriter, r *http.Request) {
	a, err := s.buyer(r.Context(), linkToken(r))
	if err != nil {
		s.noSuchLink(w, err)
		return
	}
	s.setCookie(w, reviewCookie(a.orderID), a.token)
	http.Redirect(w, r, "/review/order/"+a.orderID, http.StatusSeeOther)
}

// linkToken returns the token in the address of a link. Mail and chat programs
// often take what follows a link in a sentence for a part of it, such as ")." or
// ">"; no token begins or ends with that.
func linkToken(r *http.Request) string {
	return strings.TrimFunc(r.PathValue("token"), func(c rune) bool {
		return c > unicode.MaxASCII || !strings.ContainsRune(token.Alphabet, c)
	})
}

// noSuchLink answers a link that opens nothing. The page itself says so: one
// answer for links that are wrong, revoked or guessed.
func (s *Server) noSuchLink(w http.ResponseWriter, err error) {
	if !errors.Is(err, isUnknown) {
		writeProblem(w, s.refuse(err))
		return
	}
	s.page(w, http.StatusNotFound)
}

func (s *Server) setCookie(w http.ResponseWriter, name, token string) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: token, Path: s.base.escaped + "/", MaxAge: int(cookieLasts.Seconds()),
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	})
}

func (s *Server) reviewPage(w http.ResponseWriter, _ *http.Request) {
	s.page(w, http.StatusOK)
}

func (s *Server) page(w http.ResponseWriter, status int) {
	if s.Pages == nil {
		http.Error(w, "The review page is missing: this server was built without its frontend. The API is there.", http.StatusServiceUnavailable)
		return
	}
	index, err := fs.ReadFile(s.Pages, "index.html")
	if err != nil {
		writeProblem(w, s.refuse(err))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.WriteHeader(status)
	// The build does not know the path of the public address.
	w.Write(bytes.ReplaceAll(index, []byte(`="/review/`), []byte(`="`+s.base.escaped+`/review/`)))
}

// reviewAsset serves what the build named by its content, and so never changes.
// A worker lives by the policy of its own script: it gets the page's.
func (s *Server) reviewAsset(w http.ResponseWriter, r *http.Request) {
	name := path.Join("assets", r.PathValue("asset"))
	if s.Pages == nil || !fs.ValidPath(name) {
		http.NotFound(w, r)
		return
	}
	if info, err := fs.Stat(s.Pages, name); err != nil || info.IsDir() {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Vary", "Accept-Encoding")
	if takesGzip(r) {
		if content, ok := s.packed.of(s.Pages, name); ok {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
			w.Header().Set("Content-Length", strconv.Itoa(len(content)))
			w.Write(content)
			return
		}
	}
	http.ServeFileFS(w, r, s.Pages, name)
}
