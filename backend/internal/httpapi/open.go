package httpapi

import (
	_ "embed"
	"html/template"
	"net/http"
	"strings"
)

//go:embed open.html
var openSource string

var openTemplate = template.Must(template.New("open").Parse(openSource))

// openPolicy allows the page its one style and nothing else.
const openPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// openWords are what the page says in a language.
type openWords struct{ Language, Title, Open, Hint string }

var (
	openEnglish = openWords{"en", "Open the order in Handover", "Open in Handover",
		"Nothing happens? Start Handover on this computer; the order is in its list."}
	openGerman = openWords{"de", "Auftrag in Handover öffnen", "In Handover öffnen",
		"Nichts passiert? Starte Handover auf diesem Computer; der Auftrag steht dort in der Liste."}
)

// openInApp is where e-mails to sellers lead, because many mail programs do not
// follow links of other schemes than https. It names the order that was asked
// for, whether there is one or not, and shows nothing of it.
func (s *Server) openInApp(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if id == "" || len(id) > maxOpenID || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		http.NotFound(w, r)
		return
	}
	words := openEnglish
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "de") {
		words = openGerman
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", openPolicy)
	h.Set("Vary", "Accept-Language")
	err := openTemplate.Execute(w, struct {
		openWords
		ID   string
		Link template.URL
	}{words, id, template.URL("handover://order/" + id)})
	if err != nil {
		s.Log.Debug("page not sent", "error", err) // the client is gone
	}
}

// maxOpenID bounds the ID of an order in such a link, as the window does.
const maxOpenID = 64
