package session

import (
	"context"

	"handover/backend/api"
	"handover/backend/order"
)

// Account returns the seller's account on the server.
func (s *Session) Account(ctx context.Context) (api.Account, error) {
	client, err := s.Client()
	if err != nil {
		return api.Account{}, err
	}
	return client.Account(ctx)
}

// ChangeLanguage changes the language of the server's e-mails to the seller.
func (s *Session) ChangeLanguage(ctx context.Context, l order.Language) (api.Account, error) {
	client, err := s.Client()
	if err != nil {
		return api.Account{}, err
	}
	return client.ChangeAccount(ctx, api.AccountPatch{Language: &l})
}

// SendTimeZone tells the server in which time zone (IANA name) the seller is, for
// the times in e-mails. It sends a request only if the name has changed.
func (s *Session) SendTimeZone(ctx context.Context, name string) error {
	client, err := s.Client()
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

// About returns what the server says about itself.
func (s *Session) About(ctx context.Context) (api.Server, error) {
	client, err := s.Client()
	if err != nil {
		return api.Server{}, err
	}
	return client.Server(ctx)
}

// ChangePassword changes the seller's password, and ends all other sessions.
func (s *Session) ChangePassword(ctx context.Context, current, password string) error {
	client, err := s.Client()
	if err != nil {
		return err
	}
	return client.ChangePassword(ctx, api.NewPassword{Current: current, New: password})
}
