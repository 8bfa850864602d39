package notify

import (
	_ "embed"
	"fmt"
	htmltemplate "html/template"
	"slices"
	"strings"
	"text/template"

	"handover/backend/order"
)

// letter is what one party is written about one type of event.
type letter struct {
	about order.EventType
	to    order.Party
	// always is for those who also hear of what they did themselves.
	always bool
	// when says which events of the type it is about; nil for all.
	when   func(order.Event) bool
	en, de words
}

// words are text/template over [news]. The body's paragraphs are parted by
// empty lines. What a person wrote comes after the first of them, as a quote.
type words struct{ subject, body string }

// letterFor returns the letter to the party about the event, if there is one.
func letterFor(e order.Event, to order.Party) (letter, bool) {
	for _, l := range slices.Concat(letters, cancellationLetters, reminderLetters) {
		if l.about == e.Type && l.to == to && (l.always || e.By != to) && (l.when == nil || l.when(e)) {
			return l, true
		}
	}
	return letter{}, false
}

// news is what letters can tell. Texts are one line each and safe to show;
// times are written out in the letter's language.
type news struct {
	Order, Title, Seller, Buyer string
	Delivery, Files, Links      int
	Done                        int // points that the delivery takes up
	Sent                        int // comments that the order's completion sent
	Unsent                      int // comments that the buyer's side has not sent
	Days                        int
	ByClock                     bool
	ReviewEnds, Due, Clears     moment
	Lapses                      moment

	quote  string // what a person wrote; may have several lines
	points []point
	link   string // where the receiver goes on; "" when it is not known
}

// maxTitleShown keeps subjects readable.
const maxTitleShown = 70

// tell gathers what there is to tell of an event.
func tell(e order.Event, o order.Order, seller order.Account, link string) news {
	n := news{
		Order: o.ID, Title: shorten(oneLine(o.Title), maxTitleShown),
		Seller: shorten(oneLine(seller.Name), maxName), Buyer: shorten(oneLine(o.Buyer.Name), maxName),
		Delivery: e.Delivery, Done: e.Done, Sent: e.Points, Days: e.Days, ByClock: e.By == order.Clock,
		ReviewEnds: moment(e.ReviewEndsAt), Due: moment(o.DueAt), Clears: moment(o.ClearsAt),
		Lapses: moment(e.At.Add(order.ProposalLapses)), quote: lines(e.Message), link: link,
	}
	if !e.DueAt.IsZero() {
		n.Due = moment(e.DueAt)
	}
	if d, ok := o.Delivery(e.Delivery); ok {
		n.Files, n.Links = len(d.Files), len(d.Links)
		if e.Type == order.WorkDelivered {
			n.quote = lines(d.Description)
		}
	}
	return n
}

// written is a letter in the language of its receiver.
type written struct {
	language            order.Language
	subject, text, html string
}

// phrases are the words that all letters of a language share.
type phrases struct {
	language            order.Language
	hello, helloApp     string // to the buyer, and to the seller
	order               string
	open, openApp       string // what the link does, for the buyer and the seller
	noLink, why, whyApp string
	page, line          string // where a point is
	morePoints          string
}

var (
	english = phrases{
		language: order.English, hello: "Hello %s,", helloApp: "Hello %s,", order: "Order", open: "Open the order", openApp: "Open in Handover",
		noLink: "To see the order, open the review link that you were given.",
		why:    "You get this message because %s works for you with Handover. The link is meant for you alone: whoever has it can answer for you.",
		whyApp: "You get this message because you sell with Handover.",
		page:   "page", line: "line", morePoints: "… and %d more, which you see in the order.",
	}
	german = phrases{
		language: order.German, hello: "Guten Tag %s,", helloApp: "Hallo %s,", order: "Auftrag", open: "Auftrag öffnen", openApp: "In Handover öffnen",
		noLink: "Um den Auftrag zu sehen, öffnen Sie den Link, den Sie erhalten haben.",
		why:    "Sie erhalten diese Nachricht, weil %s mit Handover für Sie arbeitet. Der Link ist nur für Sie bestimmt: Wer ihn hat, kann für Sie antworten.",
		whyApp: "Du erhältst diese Nachricht, weil du mit Handover verkaufst.",
		page:   "Seite", line: "Zeile", morePoints: "… und %d weitere, die du im Auftrag siehst.",
	}
)

// page is what the HTML of a letter is made of.
type page struct {
	Language   order.Language
	Subject    string
	Hello      string
	Paragraphs []string
	Quote      string
	Points     []pagePoint
	MorePoints string // "" when all are there
	Link       htmltemplate.URL
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
		Why:  fmt.Sprintf(p.why, n.Seller),
		Link: htmltemplate.URL(n.link), // made by this server, of an ID or a token
	}
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
	return written{language: p.language, subject: subject, text: v.text(), html: html.String()}, nil
}

// fill fills in a text of a letter; paragraphs that end up empty go.
func fill(source string, n news, language order.Language) (string, error) {
	t, err := template.New("letter").Funcs(template.FuncMap{
		"at":    func(m moment) string { return m.in(language) },
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

// text is the letter without HTML.
func (p page) text() string {
	var b strings.Builder
	b.WriteString(p.Hello + "\n\n")
	for i, paragraph := range p.Paragraphs {
		b.WriteString(paragraph + "\n\n")
		if i == 0 && p.Quote != "" {
			b.WriteString("> " + strings.ReplaceAll(p.Quote, "\n", "\n> ") + "\n\n")
		}
		if i == 0 {
			b.WriteString(p.pointsText())
		}
	}
	if p.Link != "" {
		b.WriteString(p.LinkText + ":\n" + string(p.Link) + "\n\n")
	}
	b.WriteString(p.OrderLabel + ": " + p.Order + "\n\n-- \n" + p.Why + "\n")
	return b.String()
}

// count returns the number with the word for one or for several.
func count(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}
