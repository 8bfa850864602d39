package notify_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/internal/notify"
	"handover/backend/order"
)

var update = flag.Bool("update", false, "write the golden files anew")

var fixed = time.Date(2026, 3, 1, 14, 20, 30, 0, time.UTC)

// scene is how an order came to an event that letters tell of.
type scene struct {
	event    order.EventType
	commands []order.Command
	later    time.Duration // the clock then runs on by so much
	by       order.Party   // whose the event is, when no command makes it
}

var (
	deliver = order.Command{Action: order.Deliver, By: order.Seller, Work: order.Work{
		Description: "The film in 4K.\n\nPlease look at the colours of scene 3 <first>.",
		Files:       []order.File{{ID: "f1", Path: "film.mov", Size: 1}, {ID: "f2", Path: "Fotos/Bea.jpg", Size: 1}},
		Links:       []order.Link{{URL: "https://cloud.example.org/x"}},
	}}
	bare = order.Command{Action: order.Deliver, By: order.Seller, Work: order.Work{
		Description: "One file.", Files: []order.File{{ID: "f1", Path: "film.mov", Size: 1}},
	}}
	accept  = order.Command{Action: order.Accept, By: order.Buyer}
	changes = order.Command{Action: order.RequestChanges, By: order.Buyer, Message: "Lauter, bitte.\nUnd \"heller\"."}
	written = order.Author{Party: order.Buyer, Name: "Bea Größe"}
	points  = order.Command{Action: order.RequestChanges, By: order.Buyer, Points: []string{"a", "b", "c", "d"}, Comments: []order.Comment{
		{ID: "a", Anchor: order.Anchor{Delivery: 1, File: "f1", Seconds: new(74.5)}, Text: "Lauter, bitte.\nUnd \"heller\" <hier>.", Author: written},
		{ID: "b", Anchor: order.Anchor{Delivery: 1, File: "f2", Point: &order.Point{X: .5, Y: .25}}, Text: "More blue.", Author: written},
		{ID: "c", Anchor: order.Anchor{Delivery: 1, File: "f2", Page: 3}, Text: strings.Repeat("Sehr lang. ", 50), Author: written},
		{ID: "d", Anchor: order.Anchor{Delivery: 1}, Text: "Und als EPS.", Author: written},
	}}
	unsent  = order.Command{Action: order.WriteMessage, By: order.Buyer, Message: "Wait.", Comments: points.Comments}
	takesUp = order.Command{Action: order.Deliver, By: order.Seller, Work: order.Work{
		Description: "Louder.", Files: []order.File{{ID: "f1", Path: "film.mov", Size: 1}}, Done: []string{"a", "b"},
	}}
	extend = func(days int) order.Command {
		return order.Command{Action: order.ExtendReview, By: order.Buyer, Days: days}
	}
	cancel = func(a order.Action, by order.Party, text string) order.Command {
		return order.Command{Action: a, By: by, Message: text}
	}
)

// scenes has at least one for every letter; a test says so.
var scenes = map[string]scene{
	"placed":            {order.OrderPlaced, nil, 0, ""},
	"delivered":         {order.WorkDelivered, []order.Command{deliver}, 0, ""},
	"delivered again":   {order.WorkDelivered, []order.Command{deliver, bare}, 0, ""},
	"changes requested": {order.ChangesRequested, []order.Command{deliver, changes}, 0, ""},
	"changes by points": {order.ChangesRequested, []order.Command{deliver, points}, 0, ""},
	"changes by many":   {order.ChangesRequested, []order.Command{deliver, many(21)}, 0, ""},
	"points taken up":   {order.WorkDelivered, []order.Command{deliver, points, takesUp}, 0, ""},
	"extended":          {order.ReviewExtended, []order.Command{deliver, extend(3)}, 0, ""},
	"extended by a day": {order.ReviewExtended, []order.Command{deliver, extend(1)}, 0, ""},
	"accepted":          {order.OrderCompleted, []order.Command{deliver, accept}, 0, ""},
	"completed by time": {order.OrderCompleted, []order.Command{deliver}, 100 * time.Hour, ""},
	"message of seller": {order.MessageWritten, []order.Command{message(order.Seller, "Hallo Bea!\nIch bin fast fertig.")}, 0, ""},
	"message of buyer":  {order.MessageWritten, []order.Command{message(order.Buyer, "How is it going?")}, 0, ""},

	"cancellation by seller":  {order.CancellationProposed, []order.Command{cancel(order.ProposeCancellation, order.Seller, "I am ill.")}, 0, ""},
	"cancellation by buyer":   {order.CancellationProposed, []order.Command{cancel(order.ProposeCancellation, order.Buyer, "")}, 0, ""},
	"withdrawn by seller":     {order.CancellationWithdrawn, []order.Command{cancel(order.ProposeCancellation, order.Seller, ""), cancel(order.WithdrawCancellation, order.Seller, "")}, 0, ""},
	"withdrawn in the review": {order.CancellationWithdrawn, []order.Command{deliver, cancel(order.ProposeCancellation, order.Buyer, ""), cancel(order.WithdrawCancellation, order.Buyer, "")}, 0, ""},
	"declined by seller":      {order.CancellationDeclined, []order.Command{cancel(order.ProposeCancellation, order.Buyer, ""), cancel(order.DeclineCancellation, order.Seller, "")}, 0, ""},
	"declined in the review":  {order.CancellationDeclined, []order.Command{deliver, cancel(order.ProposeCancellation, order.Seller, ""), cancel(order.DeclineCancellation, order.Buyer, "")}, 0, ""},
	"lapsed":                  {order.CancellationLapsed, []order.Command{cancel(order.ProposeCancellation, order.Buyer, "")}, 80 * time.Hour, ""},
	"cancelled by seller":     {order.OrderCancelled, []order.Command{cancel(order.ProposeCancellation, order.Buyer, ""), cancel(order.AgreeCancellation, order.Seller, "")}, 0, ""},
	"due soon":                {order.DueSoon, nil, 50 * time.Hour, ""},
	"review ends soon":        {order.ReviewEndsSoon, []order.Command{deliver}, 50 * time.Hour, ""},
	"accepted with the rest":  {order.OrderCompleted, []order.Command{deliver, unsent, accept}, 0, ""},
	"completed with the rest": {order.OrderCompleted, []order.Command{deliver, unsent}, 100 * time.Hour, ""},
	"review ends unsent":      {order.ReviewEndsSoon, []order.Command{deliver, unsent}, 50 * time.Hour, ""},
	"payment cleared":         {order.PaymentCleared, []order.Command{deliver, accept}, 400 * time.Hour, ""},
	"new link":                {order.ReviewLinkRenewed, nil, 0, order.Seller},
	"due date moved":          {order.OrderChanged, []order.Command{{Action: order.ChangeOrder, By: order.Seller, Edit: order.Edit{DueAt: new(fixed.Add(240 * time.Hour))}}}, 0, ""},
	"cancelled by buyer":      {order.OrderCancelled, []order.Command{cancel(order.ProposeCancellation, order.Seller, ""), cancel(order.AgreeCancellation, order.Buyer, "")}, 0, ""},
}

// many asks for changes in words and by so many points.
func many(n int) order.Command {
	c := changes
	for i := range n {
		id := fmt.Sprint("c", i)
		c.Points = append(c.Points, id)
		c.Comments = append(c.Comments, order.Comment{ID: id, Anchor: order.Anchor{Delivery: 1, File: "f1", Line: i + 1}, Text: "So.", Author: written})
	}
	return c
}

// Every letter in both languages, as a real SMTP server receives it.
func TestLetters(t *testing.T) {
	told := map[string]bool{}
	for name, s := range scenes {
		for _, language := range []order.Language{order.English, order.German} {
			t.Run(name+" "+string(language), func(t *testing.T) {
				for party, text := range perform(t, s, language) {
					told[string(s.event)+" "+string(party)] = true
					golden(t, fmt.Sprintf("%s.%s.%s", strings.ReplaceAll(name, " ", "_"), party, language), text)
				}
			})
		}
	}
	for event, parties := range notify.Letters() {
		for _, party := range parties {
			if !told[string(event)+" "+string(party)] {
				t.Errorf("no scene has the letter to the %s about %s", party, event)
			}
		}
	}
}

// perform plays the scene and returns the mails about its last event.
func perform(t *testing.T, s scene, language order.Language) map[order.Party]string {
	t.Helper()
	now := fixed
	d := open(t, t.TempDir(), func() time.Time { return now })
	t.Cleanup(func() { d.db.Close() })
	d.seller(order.Account{ID: "eva", Email: "eva@example.org", Name: "Eva Müller", Language: language})
	box := &postbox{}
	box.listen(t, false, false)
	mailing(t, d, "smtp://"+box.addr, nil)

	d.place("k3v9x2m4qa", "Hochzeitsfilm Bea & Tom", order.Contact{Name: "Bea Größe", Email: "bea@example.org", Language: language})
	d.do("k3v9x2m4qa", s.commands...)
	if s.later > 0 {
		_, err := d.AdvanceDue(context.Background(), fixed.Add(s.later), order.DefaultPolicy(), 10)
		must(t, err)
	}
	if s.by != "" {
		d.happen("k3v9x2m4qa", order.Event{Type: s.event, By: s.by})
	}
	emptied(t, d, notify.MailChannel)
	last, err := d.LastSeq(t.Context())
	must(t, err)
	about := nameOf(t, d, last)
	mails := map[order.Party]string{}
	for len(box.mails) > 0 {
		p := <-box.mails
		l := p.read(t)
		id := l.header.Get("Message-Id")
		party := order.Buyer
		if strings.Contains(id, "-seller@") {
			party = order.Seller
		}
		if strings.Contains(id, about) {
			mails[party] = l.shown(p)
		}
	}
	if len(mails) == 0 {
		t.Fatal("there is no mail about it")
	}
	return mails
}

// nameOf is the message ID of an event, without its receiver.
func nameOf(t *testing.T, d *data, seq uint64) string {
	t.Helper()
	in := &inbox{}
	c := d.config()
	c.Store = &from{Store: d, after: seq - 1}
	stop := start(t, notify.NewWith(c, in.sender()))
	defer stop()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if got := in.received(); len(got) > 0 {
			return got[0].ID
		}
	}
	t.Fatal("no event came")
	panic("unreachable")
}

// from is a store whose log seems to have ended earlier when a channel is
// switched on.
type from struct {
	notify.Store
	after uint64
}

func (f *from) LastSeq(context.Context) (uint64, error) { return f.after, nil }

// shown is the mail as a golden file keeps it.
func (l letter) shown(p posted) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Envelope: %s -> %s\n", p.from, p.to)
	for _, name := range []string{"From", "To", "Date", "Auto-Submitted", "Content-Language", "Reply-To"} {
		fmt.Fprintf(&b, "%s: %s\n", name, l.header.Get(name))
	}
	fmt.Fprintf(&b, "Subject: %s\n\n%s\n%s", l.subject, l.text, l.html)
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "letters", name)
	if *update {
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; go test -update writes it anew):\n%s", name, diff)
	}
}

// A seller's private notes are no news for the buyer.
func TestNotesReachNobody(t *testing.T) {
	box := &postbox{}
	box.listen(t, false, false)
	d := opened(t, time.Now)
	mailing(t, d, "smtp://"+box.addr, nil)
	d.place("a", "Film", bea)
	d.do("a", order.Command{Action: order.ChangeOrder, By: order.Seller, Edit: order.Edit{Notes: new("a difficult client")}})
	emptied(t, d, notify.MailChannel)
	if n := len(box.mails); n != 1 {
		t.Errorf("%d mails, want the one about the order itself", n)
	}
}
