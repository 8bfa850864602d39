package backend

import (
	"context"
	"errors"
	"fmt"

	"handover/backend/api"
	"handover/backend/internal/admin"
	"handover/backend/internal/httpapi"
	"handover/backend/internal/placement"
	"handover/backend/order"
)

// Operator has the operator's commands.
type Operator = admin.Operator

// MaxImportBytes is the size of the largest file of orders.
const MaxImportBytes = placement.MaxImportBytes

// Report is the result of a check of all stored data.
type Report = admin.Report

var _ Operator = (*Server)(nil)

// OpenOperator returns the operator of the data folder: the running server's, or else
// that of the data opened by this program. close closes it.
func OpenOperator(c Config) (op Operator, close func() error, err error) {
	client, err := admin.Dial(c.Dir)
	if errors.Is(err, admin.ErrNoServer) {
		s, err := New(c)
		if err != nil {
			return nil, nil, err
		}
		return s, func() error { return s.Close(context.Background()) }, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return client, client.Close, nil
}

// AddUser makes a seller's account.
func (s *Server) AddUser(ctx context.Context, u api.NewUser) (api.User, error) {
	a, err := s.accounts.Add(ctx, u)
	return user(a), err
}

func user(a order.Account) api.User {
	return api.User{ID: a.ID, Email: a.Email, Name: a.Name, Language: a.Language, CreatedAt: a.CreatedAt, DisabledAt: a.DisabledAt}
}

// Users lists the sellers' accounts by e-mail address.
func (s *Server) Users(ctx context.Context) ([]api.User, error) {
	accounts, err := s.records.Accounts.ListAccounts(ctx)
	users := make([]api.User, len(accounts))
	for i, a := range accounts {
		users[i] = user(a)
	}
	return users, err
}

// SetUserDisabled disables an account and ends its sessions, or enables it.
func (s *Server) SetUserDisabled(ctx context.Context, email string, disabled bool) (api.User, error) {
	a, err := s.accounts.SetDisabled(ctx, email, disabled)
	return user(a), err
}

// ResetPassword gives an account a new password and ends its sessions.
func (s *Server) ResetPassword(ctx context.Context, email, password string) (api.User, error) {
	a, err := s.accounts.Reset(ctx, email, password)
	return user(a), err
}

// AddOrder places an order for a seller and returns it with the review link.
func (s *Server) AddOrder(ctx context.Context, email string, n api.NewOrder) (api.PlacedOrder, error) {
	seller, err := s.records.Accounts.AccountByEmail(ctx, email)
	if err != nil {
		return api.PlacedOrder{}, fmt.Errorf("find the seller %q: %w", email, err)
	}
	o, link, err := s.placement.Place(ctx, seller.ID, n)
	if err != nil {
		return api.PlacedOrder{}, err
	}
	return api.PlacedOrder{Order: api.ViewOrder(o, order.Seller, seller.Name, s.config.Now()), ReviewURL: link}, nil
}

// ImportOrders places the orders of a file for a seller, or returns the errors in
// the file.
func (s *Server) ImportOrders(ctx context.Context, email string, in api.Import) (api.Imported, error) {
	seller, err := s.records.Accounts.AccountByEmail(ctx, email)
	if err != nil {
		return api.Imported{}, fmt.Errorf("find the seller %q: %w", email, err)
	}
	return s.placement.Import(ctx, seller.ID, in)
}

// OpenAPI returns the description of the HTTP interface as JSON, in OpenAPI 3.1,
// or in 3.0 for older tools.
func OpenAPI(older bool) ([]byte, error) { return httpapi.OpenAPI(Version, older) }

// Order returns an order as it is stored.
func (s *Server) Order(ctx context.Context, id string) (order.Order, error) {
	return s.records.Orders.Order(ctx, id)
}
