package desk

import (
	"context"

	"handover/backend/api"
	"handover/backend/order"
)

// Account returns the seller's account on the server.
func (s *Session) Account(ctx context.Context) (api.Account, error) {
	client, _, err := s.Server()
	if err != nil {
		return api.Account{}, err
	}
	return client.Account(ctx)
}

// ChangeLanguage changes the language of the server's e-mails to the seller.
func (s *Session) ChangeLanguage(ctx context.Context, l order.Language) (api.Account, error) {
	client, _, err := s.Server()
	if err != nil {
		return api.Account{}, err
	}
	return client.ChangeAccount(ctx, api.AccountPatch{Language: &l})
}

// NoteTimeZone tells the server in which time zone (IANA name) the seller is, so
// that e-mails give times in it. It asks the server only when the name differs
// from the one that it was told before.
func (s *Session) NoteTimeZone(ctx context.Context, name string) error {
	client, _, err := s.Server()
	if err != nil {
		return err
	}
	if info, _ := s.Current(); info.TimeZone == name {
		return nil
	}
	if _, err := client.ChangeAccount(ctx, api.AccountPatch{TimeZone: &name}); err != nil {
		return err
	}
	return s.change(func(info *Info) { info.TimeZone = name })
}

// About returns what the server says of itself.
func (s *Session) About(ctx context.Context) (api.Server, error) {
	client, _, err := s.Server()
	if err != nil {
		return api.Server{}, err
	}
	return client.Server(ctx)
}
