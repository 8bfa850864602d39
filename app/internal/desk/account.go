package desk

import (
	"context"

	"handover/backend/api"
	"handover/backend/order"
)

// Account returns the seller's account on the server.
func (d *Desk) Account(ctx context.Context) (api.Account, error) {
	client, _, err := d.server()
	if err != nil {
		return api.Account{}, err
	}
	return client.Account(ctx)
}

// ChangeLanguage changes the language of the server's e-mails to the seller.
func (d *Desk) ChangeLanguage(ctx context.Context, l order.Language) (api.Account, error) {
	client, _, err := d.server()
	if err != nil {
		return api.Account{}, err
	}
	return client.ChangeAccount(ctx, api.AccountPatch{Language: &l})
}

// NoteTimeZone tells the server in which time zone (IANA name) the seller is, so
// that e-mails give times in it. It asks the server only when the name differs
// from the one that it was told before.
func (d *Desk) NoteTimeZone(ctx context.Context, name string) error {
	client, _, err := d.server()
	if err != nil {
		return err
	}
	if s, _ := d.Session(); s.TimeZone == name {
		return nil
	}
	if _, err := client.ChangeAccount(ctx, api.AccountPatch{TimeZone: &name}); err != nil {
		return err
	}
	return d.changeSession(func(s *Session) { s.TimeZone = name })
}

// About returns what the server says of itself.
func (d *Desk) About(ctx context.Context) (api.Server, error) {
	client, _, err := d.server()
	if err != nil {
		return api.Server{}, err
	}
	return client.Server(ctx)
}
