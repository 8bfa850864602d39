// Package trial runs a server inside the program, with sample orders, for sellers
// who try the program on their own computer.
package trial

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// Server is a server inside this program.
type Server interface {
	URL() string
	AddUser(ctx context.Context, u api.NewUser) (api.User, error)
	AddOrder(ctx context.Context, sellerEmail string, o api.NewOrder) (api.PlacedOrder, error)
	Close(ctx context.Context) error
}

// Seller does what a seller does at the trial's server.
type Seller interface {
	SignInTrial(ctx context.Context, server, email, password string) error
	ResumeTrial(server string) error
	// DeliverLink delivers a link with a description.
	DeliverLink(ctx context.Context, id string, l order.Link, description string) error
}

// Trial starts and stops the server.
type Trial struct {
	dir   string
	start func(dir string) (Server, error)

	mu     sync.Mutex
	server Server // nil while none runs
}

// New returns a trial that keeps its data in a folder. start starts a server on it.
func New(dir string, start func(dir string) (Server, error)) *Trial {
	return &Trial{dir: dir, start: start}
}

// Start removes an earlier trial's data, starts a new server with sample orders,
// and signs the seller in.
func (t *Trial) Start(ctx context.Context, seller Seller) error {
	// The password of an earlier trial is lost, so its data is unusable.
	if err := errors.Join(t.Stop(), os.RemoveAll(t.dir)); err != nil {
		return fmt.Errorf("remove the earlier trial: %w", err)
	}
	server, err := t.run()
	if err != nil {
		return err
	}
	user := api.NewUser{Email: "you@example.org", Name: "You", Password: rand.Text()}
	if _, err := server.AddUser(ctx, user); err != nil {
		return errors.Join(err, t.Stop())
	}
	if err := seller.SignInTrial(ctx, server.URL(), user.Email, user.Password); err != nil {
		return errors.Join(err, t.Stop())
	}
	for _, s := range samples(time.Now()) {
		if err := s.place(ctx, server, seller, user.Email); err != nil {
			return fmt.Errorf("make the sample orders: %w", err)
		}
	}
	return nil
}

// Resume starts the server of a trial from an earlier run of the program.
func (t *Trial) Resume(seller Seller) error {
	server, err := t.run()
	if err != nil {
		return err
	}
	return seller.ResumeTrial(server.URL())
}

// Stop stops the server if it runs. Its data stays.
func (t *Trial) Stop() error {
	t.mu.Lock()
	server := t.server
	t.server = nil
	t.mu.Unlock()
	if server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return server.Close(ctx)
}

func (t *Trial) run() (Server, error) {
	server, err := t.start(t.dir)
	if err != nil {
		return nil, fmt.Errorf("start the server on this computer: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.server = server
	return server, nil
}
