package notify

import (
	"context"
	"fmt"
	"log/slog"
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
	openURL   func(id string) string
	picture   func(context.Context, order.File) ([]byte, error)
	now       func() time.Time
	log       *slog.Logger
}

func newPostOffice(m MailConfig, c Config) *postOffice {
	return &postOffice{MailConfig: m, records: c.Store, reviewURL: c.ReviewURL, openURL: c.OpenURL, picture: c.Picture, now: c.Now, log: c.Log}
}

// receivers returns the parties with a letter about the event.
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

// write makes the message. It prefers the data of the event to the order's current
// data, so that a delayed message still describes its own moment.
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
	to, language, zone := netmail.Address{Name: o.Buyer.Name, Address: o.Buyer.Email}, o.Buyer.Language, o.Buyer.TimeZone
	link, appLink := p.reviewURL(o), ""
	if entry.To == order.Seller {
		to, language, zone = netmail.Address{Name: seller.Name, Address: seller.Email}, seller.Language, seller.TimeZone
		link, appLink = p.openURL(o.ID), "handover://order/"+url.PathEscape(o.ID)
	}
	if a, err := netmail.ParseAddress(to.Address); err != nil || a.Address != to.Address {
		return nil, permanentError{fmt.Errorf("the %s has no e-mail address", entry.To)}
	}
	n := tell(e, o, seller, link)
	n.appLink, n.zone = appLink, zoneOf(zone)
	p.addPicture(ctx, &n)
	if err := p.addComments(ctx, &n, e, o, entry.To); err != nil {
		return nil, err
	}
	written, err := letter.write(n, language)
	if err != nil {
		return nil, permanentError{fmt.Errorf("write the letter about %s: %w", e.Type, err)}
	}
	msg := p.envelope(to, written, entry.ID)
	return msg, written.embed(msg)
}

// maxName bounds names in addresses, because mail servers refuse longer ones.
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
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: prevents automatic replies
	msg.SetGenHeader("Content-Language", string(l.language))
	msg.SetBodyString(mail.TypeTextPlain, l.text)
	msg.AddAlternativeString(mail.TypeTextHTML, l.html)
	return msg
}
