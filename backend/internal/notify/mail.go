package notify

import (
	"context"
	"fmt"
	netmail "net/mail"
	"net/url"
	"time"

	"github.com/wneessen/go-mail"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// postOffice sends e-mail.
type postOffice struct {
	MailConfig
	records   Records
	reviewURL func(order.Order) string
	now       func() time.Time
}

func newPostOffice(m MailConfig, c Config) *postOffice {
	return &postOffice{MailConfig: m, records: c.Store, reviewURL: c.ReviewURL, now: c.Now}
}

// receivers are those for whom there is a letter about the event.
func (p *postOffice) receivers(e order.Event) []order.Party {
	var to []order.Party
	for _, party := range []order.Party{order.Buyer, order.Seller} {
		if _, ok := letterFor(e, party); ok {
			to = append(to, party)
		}
	}
	return to
}

func (p *postOffice) close() {} // each mail has its own connection

func (p *postOffice) send(ctx context.Context, e order.Event, entry store.Entry) error {
	msg, err := p.write(ctx, e, entry)
	if err != nil {
		return err
	}
	return p.post(ctx, msg)
}

// write makes the message. What it says comes from the event where the event
// has it, so that a mail that is late is still true of its moment.
func (p *postOffice) write(ctx context.Context, e order.Event, entry store.Entry) (*mail.Msg, error) {
	letter, ok := letterFor(e, entry.To)
	if !ok { // written by a version with other letters
		return nil, permanentError{fmt.Errorf("there is no letter to the %s about %s", entry.To, e.Type)}
	}
	o, err := p.records.Order(ctx, e.Order)
	if err != nil {
		return nil, fmt.Errorf("load order %s: %w", e.Order, err)
	}
	seller, err := p.records.Account(ctx, o.SellerID)
	if err != nil {
		return nil, fmt.Errorf("load the seller of order %s: %w", o.ID, err)
	}
	to, language := netmail.Address{Name: o.Buyer.Name, Address: o.Buyer.Email}, o.Buyer.Language
	link := p.reviewURL(o)
	if entry.To == order.Seller {
		to, language = netmail.Address{Name: seller.Name, Address: seller.Email}, seller.Language
		link = "handover://order/" + url.PathEscape(o.ID)
	}
	if a, err := netmail.ParseAddress(to.Address); err != nil || a.Address != to.Address {
		return nil, permanentError{fmt.Errorf("the %s has no e-mail address", entry.To)}
	}
	n := tell(e, o, seller, link)
	if err := p.addComments(ctx, &n, e, o, entry.To); err != nil {
		return nil, err
	}
	written, err := letter.write(n, language)
	if err != nil {
		return nil, permanentError{fmt.Errorf("write the letter about %s: %w", e.Type, err)}
	}
	return p.envelope(to, written, entry.ID), nil
}

// maxName bounds names in addresses; longer ones make mail servers refuse.
const maxName = 80

// envelope puts a letter into a message.
func (p *postOffice) envelope(to netmail.Address, l written, id string) *mail.Msg {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	to.Name = shorten(oneLine(to.Name), maxName)
	msg.FromMailAddress(&p.from)
	msg.ToMailAddress(&to)
	msg.Subject(l.subject)
	msg.SetDateWithValue(p.now())
	msg.SetMessageIDWithValue(id + "@" + p.domain())
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday answers
	msg.SetGenHeader("Content-Language", string(l.language))
	msg.SetBodyString(mail.TypeTextPlain, l.text)
	msg.AddAlternativeString(mail.TypeTextHTML, l.html)
	return msg
}
