package notify_test

import (
	"bytes"
	"encoding/json"
	netmail "net/mail"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"handover/backend/internal/notify"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// hostile is text as somebody could choose it to break a mail.
var hostile = map[string]string{
	"a header":           "Film\r\nBcc: victim@example.org\r\n\r\nbody",
	"a bare newline":     "Film\nBcc: victim@example.org",
	"a bare return":      "Film\rBcc: victim@example.org",
	"other line ends":    "Film\u2028Bcc: victim@example.org\u2029\u0085x",
	"an address":         `Bea" <victim@example.org>, "x`,
	"an encoded word":    "=?utf-8?q?=0D=0ABcc:_victim@example.org?=",
	"HTML":               `<script>alert(1)</script><img src=x onerror=alert(1)>"' style=`,
	"a template":         "{{.Order}}{{template \"letter\"}}",
	"turned writing":     "exe.\u202egpj\u2066\u200f",
	"control characters": "a\x00b\x1b[31mc\x7f",
	"no UTF-8":           "a\xff\xfe",
	"one long word":      strings.Repeat("ä", 200),
	"long ASCII":         strings.Repeat("w", 200),
	"many words":         strings.TrimSpace(strings.Repeat("Wörter und ", 18)),
	"emoji":              strings.Repeat("👩‍👩‍👧‍👦", 20),
	"a dot on a line":    "a\r\n.\r\nQUIT\r\n",
}

// Whatever names, titles and messages say: the mail has the headers and the
// receiver that it should have, lines of a length that every server takes, and
// nothing in its HTML that was not escaped.
func TestHostileText(t *testing.T) {
	for name, text := range hostile {
		for _, to := range []order.Party{order.Buyer, order.Seller} {
			t.Run(name+" to the "+string(to), func(t *testing.T) {
				t.Parallel()
				checkMail(t, to, mailWith(t, to, text), text)
			})
		}
	}
}

// mailWith writes the text into every place of an order that a mail shows, and
// returns the mail that comes of it.
func mailWith(t *testing.T, to order.Party, text string) posted {
	t.Helper()
	box := &postbox{}
	box.listen(t, false, false)
	d := open(t, t.TempDir(), time.Now)
	t.Cleanup(func() { d.db.Close() })
	d.seller(order.Account{ID: "eva", Email: "eva@example.org", Name: text})
	now := time.Now().UTC()
	// Past the rules of package order, as an older version may have stored it.
	o := order.Order{
		ID: "a", SellerID: "eva", Title: text, Buyer: order.Contact{Name: text, Email: "bea@example.org"},
		PlacedAt: now, DueAt: now, Status: order.Active,
	}
	by := order.Seller
	if to == order.Seller {
		by = order.Buyer
	}
	mailing(t, d, "smtp://"+box.addr, nil)
	_, err := d.Place(t.Context(), o, order.Event{
		Order: "a", Seller: "eva", Type: order.MessageWritten, By: by, At: now, Status: order.Active, Message: text,
	}, "hash")
	must(t, err)
	return next(t, box.mails)
}

func checkMail(t *testing.T, to order.Party, p posted, text string) {
	t.Helper()
	want := "bea@example.org"
	if to == order.Seller {
		want = "eva@example.org"
	}
	l := p.read(t)
	receivers, err := netmail.ParseAddressList(l.header.Get("To"))
	if err != nil || len(receivers) != 1 || receivers[0].Address != want || p.to != want {
		t.Errorf("To: %s, envelope %s, %v", l.header.Get("To"), p.to, err)
	}
	for key := range l.header {
		switch key {
		case "From", "To", "Subject", "Date", "Message-Id", "Auto-Submitted", "Content-Language", "Mime-Version", "Content-Type":
		default:
			t.Errorf("there is a header %s", key)
		}
	}
	for _, shown := range []string{l.subject, receivers[0].Name} {
		if strings.ContainsAny(shown, "\r\n\x00\x1b\u0085\u2028\u2029\u202e\u2066\u200f") || !utf8.ValidString(shown) || utf8.RuneCountInString(shown) > 200 {
			t.Errorf("shown as %q", shown)
		}
	}
	for line := range bytes.SplitSeq(p.raw, []byte("\n")) {
		if len(bytes.TrimSuffix(line, []byte("\r"))) > 998 || bytes.ContainsRune(line, 0) {
			t.Errorf("a line that is no line of a mail: %q", line)
		}
	}
	for _, tag := range []string{"<script", "<img", "onerror=alert(1)>\"' style="} {
		if strings.Contains(l.html, tag) {
			t.Errorf("the HTML has %s", tag)
		}
	}
	if strings.Contains(text, "{{") && !strings.Contains(l.text, text) {
		t.Errorf("the text was taken for a template: %s", l.text)
	}
}

// An address that is none fails at once; what follows goes on.
func TestAnAddressThatIsNone(t *testing.T) {
	box := &postbox{}
	box.listen(t, false, false)
	d := opened(t, time.Now)
	s := mailing(t, d, "smtp://"+box.addr, nil)
	now := time.Now().UTC()
	_, err := d.Place(t.Context(), order.Order{
		ID: "a", SellerID: "eva", Title: "Film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org>\r\nRCPT TO:<victim@example.org"},
		PlacedAt: now, DueAt: now, Status: order.Active,
	}, order.Event{Order: "a", Seller: "eva", Type: order.OrderPlaced, By: order.Seller, At: now}, "hash")
	must(t, err)
	if e := attempted(t, s, notify.MailChannel); !e.Failed || e.LastError != "the buyer has no e-mail address" {
		t.Errorf("entry %+v", e)
	}
	d.do("a", message(order.Buyer, "hello"))
	if got := next(t, box.mails); got.to != "eva@example.org" {
		t.Errorf("mail to %s", got.to)
	}
}

func TestALinkThatIsNotKnown(t *testing.T) {
	box := &postbox{}
	box.listen(t, false, false)
	d := opened(t, time.Now)
	m, err := notify.ParseMail("smtp://"+box.addr, "", "", "handover@server.example")
	must(t, err)
	c := d.config()
	c.Mail = m
	c.ReviewURL = func(order.Order) string { return "" }
	t.Cleanup(start(t, notify.New(c)))
	d.place("a", "Film", bea)
	l := next(t, box.mails).read(t)
	if strings.Contains(l.html, "href") || !strings.Contains(l.text, "open the review link that you were given") {
		t.Errorf("the mail: %s", l.text)
	}
}

// What the operator lists is one line of JSON that holds no control characters.
func TestErrorsOfAHostileServer(t *testing.T) {
	d := opened(t, time.Now)
	in := &inbox{}
	in.refuse = func(order.Event, store.Entry) error {
		return notify.Permanent(errText(strings.Repeat("550 \x1b]0;owned\x07\r\n\u202e", 1000)))
	}
	s := notify.NewWith(d.config(), in.sender())
	t.Cleanup(start(t, s))
	d.place("a", "Film", bea)
	e := attempted(t, s, notify.WebhookChannel)
	if utf8.RuneCountInString(e.LastError) > 300 || strings.ContainsAny(e.LastError, "\x1b\x07\r\n\u202e") {
		t.Errorf("error %q", e.LastError)
	}
	if _, err := json.Marshal(e); err != nil {
		t.Error(err)
	}
}

type errText string

func (e errText) Error() string { return string(e) }
