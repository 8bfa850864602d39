package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"handover/app/internal/desk"
	"handover/backend/api"
)

// Trial is a server inside this program.
type Trial interface {
	URL() string
	AddUser(ctx context.Context, u api.NewUser) (api.User, error)
	AddOrder(ctx context.Context, sellerEmail string, o api.NewOrder) (api.PlacedOrder, error)
	Close(ctx context.Context) error
}

// tryOut starts the trial's server, fills it with samples, and signs in.
func (p *Program) tryOut(d *desk.Desk) error {
	if s, _ := d.Session(); s.Trial {
		return nil // pressed twice
	}
	// What the buyers of the samples do is no news.
	defer p.alerts.Hold()()
	// What an earlier trial left cannot be signed in to any more.
	if err := errors.Join(p.stopTrial(), os.RemoveAll(p.trialDir())); err != nil {
		return fmt.Errorf("remove the earlier trial: %w", err)
	}
	t, err := p.startTrial()
	if err != nil {
		return err
	}
	seller := api.NewUser{Email: "you@example.org", Name: "You", Password: rand.Text()}
	if _, err := t.AddUser(p.ctx, seller); err != nil {
		return errors.Join(err, p.stopTrial())
	}
	if err := d.SignInTrial(p.ctx, t.URL(), seller.Email, seller.Password); err != nil {
		return errors.Join(err, p.stopTrial())
	}
	for _, s := range samples(time.Now()) {
		if err := s.place(p.ctx, t, d, seller.Email); err != nil {
			return fmt.Errorf("make the sample orders: %w", err)
		}
	}
	return nil
}

// resumeTrial starts the server of the trial that was going on.
func (p *Program) resumeTrial() error {
	t, err := p.startTrial()
	if err != nil {
		return err
	}
	return p.desk.ResumeTrial(t.URL())
}

func (p *Program) trialDir() string { return filepath.Join(p.options.Home, "trial") }

func (p *Program) startTrial() (Trial, error) {
	t, err := p.options.StartTrial(p.trialDir())
	if err != nil {
		return nil, fmt.Errorf("start the server on this computer: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trial = t
	return t, nil
}

// stopTrial stops the trial's server, if one runs; its data stays.
func (p *Program) stopTrial() error {
	p.mu.Lock()
	t := p.trial
	p.trial = nil
	p.mu.Unlock()
	if t == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return t.Close(ctx)
}
