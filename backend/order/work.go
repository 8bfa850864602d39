package order

import (
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The limits of the parties' input. Texts are counted in Unicode code points.
const (
	MaxDescription = 2_500
	MaxMessage     = 2_500
	MaxTitle       = 200
	MaxNotes       = 2_500
	MaxFiles       = 10_000 // in one delivery
	MaxLinks       = 100    // in one delivery
	maxPath        = 1_024  // bytes
	maxURL         = 2_000  // bytes
)

// Check returns the first error that prevents the delivery of the work.
func (w Work) Check(p Policy) error {
	if err := checkText("description", w.Description, MaxDescription); err != nil {
		return err
	}
	if len(w.Files) == 0 && len(w.Links) == 0 && !w.ConfirmNoFiles {
		return &Error{Code: NoFiles, Message: "the delivery has no file and no link; confirm that this is meant"}
	}
	if len(w.Files) > MaxFiles {
		return invalid("files", "a delivery has at most %d files; this one has %d", MaxFiles, len(w.Files))
	}
	if len(w.Links) > MaxLinks {
		return invalid("links", "a delivery has at most %d links; this one has %d", MaxLinks, len(w.Links))
	}
	seen := make(map[string]bool, len(w.Files))
	for _, f := range w.Files {
		if err := CheckPath(f.Path); err != nil {
			return err
		}
		if seen[f.Path] {
			return invalid("files", "%q is in the delivery twice", f.Path)
		}
		seen[f.Path] = true
		if err := p.CheckSize(f.Path, f.Size); err != nil {
			return err
		}
	}
	for _, l := range w.Links {
		if err := CheckLink(l); err != nil {
			return err
		}
	}
	return checkSymlinks(w.Symlinks, w.Files)
}

// CheckSize returns TooLarge for a file over the limit.
func (p Policy) CheckSize(path string, size int64) error {
	if size < 0 {
		return invalid("size", "%q has a negative size", path)
	}
	if size > p.MaxFileSize {
		return &Error{Code: TooLarge, Field: "size", Message: path + " is larger than one file may be; attach a link to it instead"}
	}
	return nil
}

// CheckPath accepts the relative paths that a delivered file may have: valid
// UTF-8, slashes between the parts, no part empty, "." or "..", no control
// characters, at most 1,024 bytes.
func CheckPath(path string) error {
	switch {
	case path == "":
		return invalid("path", "a file has no name")
	case len(path) > maxPath:
		return invalid("path", "the name of a file is longer than %d bytes", maxPath)
	case !utf8.ValidString(path):
		return invalid("path", "the name of a file is not valid UTF-8")
	case strings.ContainsFunc(path, unicode.IsControl):
		return invalid("path", "the name of a file has control characters: %q", path)
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." || part == ".." {
			return invalid("path", "%q is not a relative path", path)
		}
	}
	return nil
}

// CheckLink accepts https addresses with a host and without a password.
func CheckLink(l Link) error {
	u, err := url.Parse(l.URL)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || len(l.URL) > maxURL {
		return invalid("links", "a link is an address that begins with https://")
	}
	if l.Label != "" {
		return checkText("links", l.Label, MaxTitle)
	}
	return nil
}

// Place makes a new order from its agreed terms. The caller chooses the ID.
func Place(o Order, now time.Time) (Order, Event, error) {
	if err := termsOf(&o).check(); err != nil {
		return Order{}, Event{}, err
	}
	if err := checkLine("buyer.name", o.Buyer.Name); err != nil {
		return Order{}, Event{}, err
	}
	if a, err := mail.ParseAddress(o.Buyer.Email); err != nil || a.Address != o.Buyer.Email {
		return Order{}, Event{}, invalid("buyer.email", "%q is not an e-mail address", o.Buyer.Email)
	}
	if !o.Buyer.Language.Known() {
		return Order{}, Event{}, invalid("buyer.language", "there is no language %q; it is en or de", o.Buyer.Language)
	}
	if err := CheckTimeZone("buyer.time_zone", o.Buyer.TimeZone); err != nil {
		return Order{}, Event{}, err
	}
	if o.Price.Hundredths < 0 {
		return Order{}, Event{}, invalid("price.amount", "the price is negative")
	}
	if (o.Price.Hundredths > 0 || o.Price.Currency != "") && !currency(o.Price.Currency) {
		return Order{}, Event{}, invalid("price.currency", "the currency is a code of three capital letters, such as EUR")
	}
	placed := Order{
		ID: o.ID, SellerID: o.SellerID, Title: o.Title, Buyer: o.Buyer, Price: o.Price,
		PlacedAt: now, DueAt: o.DueAt.UTC(), Notes: o.Notes, Status: Active,
	}
	placed.skipReminders(now)
	return placed, Event{Order: o.ID, Seller: o.SellerID, Type: OrderPlaced, By: Seller, At: now, Status: Active}, nil
}

func currency(code string) bool {
	return len(code) == 3 && strings.ToUpper(code) == code && !strings.ContainsFunc(code, func(r rune) bool { return r < 'A' || r > 'Z' })
}
