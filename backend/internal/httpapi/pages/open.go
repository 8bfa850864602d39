package pages

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

// openWords are the page's texts in one language.
type openWords struct{ Language, Title, Open, Hint string }

var (
	openEnglish = openWords{"en", "Open the order in Handover", "Open in Handover",
		"Nothing happens? Start Handover on this computer; the order is in its list."}
	openGerman = openWords{"de", "Auftrag in Handover öffnen", "In Handover öffnen",
		"Nichts passiert? Starte Handover auf diesem Computer; der Auftrag steht dort in der Liste."}
)

// openInApp serves the page that e-mails to sellers link to, because many mail
// programs open only https links. The page has the ID from its address, also
// when no such order exists, and shows nothing of the order.
func (s *handler) openInApp(w http.ResponseWriter, r *http.Request) {
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
		s.Log.Debug("page not sent", "error", err) // the client has gone
	}
}

// maxOpenID bounds the length of an order ID in a link. The window has the same limit.
const maxOpenID = 64
