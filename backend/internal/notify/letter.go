package notify

import (
	_ "embed"
	"fmt"
	htmltemplate "html/template"
	"slices"
	"strings"
	"text/template"
	"time"

	"handover/backend/order"
)

// letter is the e-mail to one party about one type of event.
type letter struct {
	about order.EventType
	to    order.Party
	// always means that the party also gets letters about its own actions.
	always bool
	// when selects events of the type; nil for all.
	when   func(order.Event) bool
	en, de words
}

// words are text/template over [news]. Empty lines separate the paragraphs of the
// body. A quoted message comes after the first paragraph.
type words struct{ subject, body string }

// letterFor returns the letter to the party about the event, if any.
func letterFor(e order.Event, to order.Party) (letter, bool) {
	for _, l := range slices.Concat(letters, cancellationLetters, reminderLetters) {
		if l.about == e.Type && l.to == to && (l.always || e.By != to) && (l.when == nil || l.when(e)) {
			return l, true
		}
	}
	return letter{}, false
}

// news is the data for letters. Texts have one line each and are safe to show. Times
// are formatted in the letter's language.
type news struct {
	Order, Title, Seller, Buyer string
	Delivery, Files, Links      int
	Done                        int // points that the delivery addresses
	Sent                        int // comments sent with the order's completion
	Unsent                      int // unsent comments of the buyer's side
	Days                        int
	ByClock                     bool
	ReviewEnds, Due, Clears     moment
	Lapses                      moment

	quote    string // a message; may have several lines
	points   []point
	files    []order.File // listed in the letter
	picture  []byte       // JPEG of the file pictured; nil for none
	pictured string
	link     string // opens the order in a browser; "" when unknown
	appLink  string // opens the order in the seller's window
	zone     *time.Location
}

// maxTitleShown keeps subjects readable.
const maxTitleShown = 70

// tell collects the data of an event.
func tell(e order.Event, o order.Order, seller order.Account, link string) news {
	n := news{
		Order: o.ID, Title: shorten(oneLine(o.Title), maxTitleShown),
		Seller: shorten(oneLine(seller.Name), maxName), Buyer: shorten(oneLine(o.Buyer.Name), maxName),
		Delivery: e.Delivery, Done: e.Done, Sent: e.Points, Days: e.Days, ByClock: e.By == order.Clock,
		ReviewEnds: moment(e.ReviewEndsAt), Due: moment(o.DueAt), Clears: moment(o.ClearsAt),
		Lapses: moment(e.At.Add(order.ProposalLapses)), quote: lines(e.Message), link: link, zone: time.UTC,
	}
	if !e.DueAt.IsZero() {
		n.Due = moment(e.DueAt)
	}
	if d, ok := o.Delivery(e.Delivery); ok {
		n.Files, n.Links = len(d.Files), len(d.Links)
		if e.Type == order.WorkDelivered {
			n.quote, n.files = lines(d.Description), filesOf(d)
		}
	}
	return n
}

// written is a letter in the language of its receiver.
type written struct {
	language            order.Language
	subject, text, html string
	picture             []byte
}

// phrases are the texts that all letters of a language share.
type phrases struct {
	language            order.Language
	hello, helloApp     string // to the buyer, and to the seller
	order               string
	open, openApp       string // label of the link, for the buyer and the seller
	noLink, why, whyApp string
	page, line          string // position of a point
	morePoints          string
	moreFiles, decimal  string
}

var (
	english = phrases{
		language: order.English, hello: "Hello %s,", helloApp: "Hello %s,", order: "Order", open: "Open the order", openApp: "Open in Handover",
		noLink: "To see the order, open the review link that you were given.",
		why:    "You get this message because %s works for you with Handover. The link is for you alone: anyone who has it can answer for you.",
		whyApp: "You get this message because you sell with Handover.",
		page:   "page", line: "line", morePoints: "… and %d more, which you see in the order.",
		moreFiles: "and %d more", decimal: ".",
	}
	german = phrases{
		language: order.German, hello: "Guten Tag %s,", helloApp: "Hallo %s,", order: "Auftrag", open: "Auftrag öffnen", openApp: "In Handover öffnen",
		noLink: "Um den Auftrag zu sehen, öffnen Sie den Link, den Sie erhalten haben.",
		why:    "Sie erhalten diese Nachricht, weil %s mit Handover für Sie arbeitet. Der Link ist nur für Sie bestimmt: Wer ihn hat, kann für Sie antworten.",
		whyApp: "Du erhältst diese Nachricht, weil du mit Handover verkaufst.",
		page:   "Seite", line: "Zeile", morePoints: "… und %d weitere, die du im Auftrag siehst.",
		moreFiles: "und %d weitere", decimal: ",",
	}
)

// page is the data for the HTML of a letter.
type page struct {
	Language   order.Language
	Subject    string
	Hello      string
	Paragraphs []string
	Quote      string
	Points     []pagePoint
	MorePoints string // "" when all are listed
	Files      []shownFile
	MoreFiles  string // "" when all are listed
	Pictured   string // the file that the picture shows; "" for no picture
	Link       htmltemplate.URL
	AppLink    htmltemplate.URL
	LinkText   string
	OrderLabel string
	Order      string
	Why        string
}

//go:embed letter.html
var pageSource string

var pageTemplate = htmltemplate.Must(htmltemplate.New("letter").Parse(pageSource))

// write writes the letter in the language, English for an unknown one.
func (l letter) write(n news, language order.Language) (written, error) {
	w, p := l.en, english
	if language == order.German {
		w, p = l.de, german
	}
	subject, err := fill(w.subject, n, p.language)
	if err != nil {
		return written{}, err
	}
	body, err := fill(w.body, n, p.language)
	if err != nil {
		return written{}, err
	}
	v := page{
		Language: p.language, Subject: subject, Paragraphs: strings.Split(body, "\n\n"), Quote: n.quote,
		Hello: fmt.Sprintf(p.hello, n.Buyer), LinkText: p.open, OrderLabel: p.order, Order: n.Order,
		Why: fmt.Sprintf(p.why, n.Seller),
		// Both are made by this server, of an ID or a token.
		Link: htmltemplate.URL(n.link), AppLink: htmltemplate.URL(n.appLink), Pictured: n.pictured,
	}
	v.Files, v.MoreFiles = shownFiles(n.files, p)
	v.Points, v.MorePoints = pagePoints(n.points, p)
	if l.to == order.Seller {
		v.Hello, v.LinkText, v.Why = fmt.Sprintf(p.helloApp, n.Seller), p.openApp, p.whyApp
	} else if n.link == "" {
		v.Paragraphs = append(v.Paragraphs, p.noLink)
	}
	var html strings.Builder
	if err := pageTemplate.Execute(&html, v); err != nil {
		return written{}, err
	}
	return written{language: p.language, subject: subject, text: v.text(), html: html.String(), picture: n.picture}, nil
}

// fill fills in a text of a letter and removes empty paragraphs.
func fill(source string, n news, language order.Language) (string, error) {
	t, err := template.New("letter").Funcs(template.FuncMap{
		"at":    func(m moment) string { return m.in(language, n.zone) },
		"count": count,
	}).Parse(source)
	if err != nil {
		return "", err
	}
	var filled strings.Builder
	if err := t.Execute(&filled, n); err != nil {
		return "", err
	}
	var paragraphs []string
	for paragraph := range strings.SplitSeq(filled.String(), "\n\n") {
		if paragraph = strings.Join(strings.Fields(paragraph), " "); paragraph != "" {
			paragraphs = append(paragraphs, paragraph)
		}
	}
	return strings.Join(paragraphs, "\n\n"), nil
}

// text returns the letter as plain text.
func (p page) text() string {
	var b strings.Builder
	b.WriteString(p.Hello + "\n\n")
	for i, paragraph := range p.Paragraphs {
		b.WriteString(paragraph + "\n\n")
		if i == 0 && p.Quote != "" {
			b.WriteString("> " + strings.ReplaceAll(p.Quote, "\n", "\n> ") + "\n\n")
		}
		if i == 0 {
			b.WriteString(p.filesText() + p.pointsText())
		}
	}
	if p.Link != "" {
		b.WriteString(p.LinkText + ":\n" + string(p.Link) + "\n\n")
	}
	if p.AppLink != "" {
		b.WriteString(string(p.AppLink) + "\n\n")
	}
	b.WriteString(p.OrderLabel + ": " + p.Order + "\n\n-- \n" + p.Why + "\n")
	return b.String()
}

// count returns the number with the singular or plural word.
func count(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}
