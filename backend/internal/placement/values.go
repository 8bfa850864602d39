package placement

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"handover/backend/api"
)

// dueLayouts are the formats of a due date, those with a time first. A time without
// a zone is in the seller's zone.
var (
	dueLayouts  = []string{time.RFC3339, "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2.1.2006 15:04", "2.1.2006 15:04:05"}
	dateLayouts = []string{time.DateOnly, "2.1.2006"}
)

// readDue reads when work is due. A date without a time means the end of that
// day.
func readDue(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, fmt.Errorf("the due date is missing")
	}
	for _, layout := range dueLayouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC(), nil
		}
	}
	for _, layout := range dateLayouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.AddDate(0, 0, 1).Add(-time.Second).UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no date such as 2026-11-27, 27.11.2026 or 2026-11-27T14:20:00Z", text)
}

// The ways to write an amount: with a point or a comma before the hundredths,
// and the other one, a blank or an apostrophe between thousands.
var (
	plainAmount   = regexp.MustCompile(`^(\d{1,12})(?:[.,](\d{1,2}))?$`)
	groupedAmount = regexp.MustCompile(`^(\d{1,3}(?:\.\d{3})+),(\d{1,2})$|^(\d{1,3}(?:,\d{3})+)\.(\d{1,2})$|^(\d{1,3}(?:[ '’\x{a0}\x{202f}]\d{3})+)(?:[.,](\d{1,2}))?$`)
	notDigits     = regexp.MustCompile(`\D`)
)

// readPrice reads an amount as a spreadsheet writes it; "" means no price. The
// default currency is the euro.
func readPrice(text, currency string) (*api.Price, error) {
	currency = strings.ToUpper(currency)
	if text == "" {
		if currency != "" {
			return nil, fmt.Errorf("there is a currency, but no price")
		}
		return nil, nil
	}
	if currency == "" {
		currency = "EUR"
	}
	amount := text
	if currency == "EUR" {
		amount = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(amount, "€"), "€"))
	}
	whole, cents := "", ""
	if m := plainAmount.FindStringSubmatch(amount); m != nil {
		whole, cents = m[1], m[2]
	} else if m := groupedAmount.FindStringSubmatch(amount); m != nil {
		whole, cents = notDigits.ReplaceAllString(m[1]+m[3]+m[5], ""), m[2]+m[4]+m[6]
	} else {
		return nil, fmt.Errorf("%q is no amount such as 1480.00 or 1480,00", text)
	}
	return &api.Price{Amount: whole + "." + (cents + "00")[:2], Currency: currency}, nil
}
