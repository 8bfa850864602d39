package desk

import (
	"context"

	"handover/backend/api"
)

// ChangePassword changes the seller's password, and ends all sessions but this
// one.
func (s *Session) ChangePassword(ctx context.Context, current, password string) error {
	client, _, err := s.Server()
	if err != nil {
		return err
	}
	return client.ChangePassword(ctx, api.NewPassword{Current: current, New: password})
}
