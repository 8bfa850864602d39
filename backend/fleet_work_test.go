package backend_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// fleetSeller is somebody who works through orders with the command line, and
// the buyers of these.
type fleetSeller struct {
	*fleet
	email     string
	home, dir string
	eva       *api.Client // the seller's
	transport *http.Transport
}

// fleetLife is what was done about one order.
type fleetLife struct {
	order    api.PlacedOrder
	seller   *fleetSeller
	files    []order.File // of each delivery
	accepted bool         // the buyer was told so
}

// fleetRate slows a seller down, so that faults meet uploads.
const fleetRate = "12MB"

// fleetNerves is how long a seller watches a run of the command line.
const fleetNerves = 8 * time.Second

// addSellers makes the accounts, of which several computers may use one.
func (f *fleet) addSellers() {
	for i, name := range []string{"Eva", "Otto"} {
		f.nodes[i].run(password, "user", "add", "--email", strings.ToLower(name)+"@example.org", "--name", name, "--password-file", "-")
		if i == 0 {
			f.shareSecret()
		}
	}
	for i := range fleetSellers {
		s := &fleetSeller{fleet: f, email: []string{"eva@example.org", "otto@example.org"}[i%2], home: f.TempDir(), dir: f.TempDir(), transport: &http.Transport{}}
		f.Cleanup(s.transport.CloseIdleConnections)
		f.sellers = append(f.sellers, s)
	}
}

// signIn signs all sellers in while nothing is broken yet.
func (f *fleet) signIn() {
	for _, s := range f.sellers {
		c, err := api.NewClient(f.balancer.url, "", s.transport)
		if err != nil {
			f.Fatal(err)
		}
		session, err := c.SignIn(f.Context(), s.email, password)
		if err == nil {
			s.eva, err = api.NewClient(f.balancer.url, session.Token, s.transport)
		}
		if err != nil {
			f.Fatal(err)
		}
		for _, args := range [][]string{{"login", f.balancer.url, "--email", s.email, "--password-file", "-"}, {"limits", "--up", fleetRate}} {
			if out, err := s.command(f.Context(), args...).CombinedOutput(); err != nil {
				f.Fatalf("%q: %v: %s", args, err, out)
			}
		}
	}
}

func (s *fleetSeller) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.client, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "HANDOVER_HOME="+s.home, "DBUS_SESSION_BUS_ADDRESS=")
	cmd.Stdin = strings.NewReader(password + "\n")
	return cmd
}

// live is the life of one order as chance has it: nobody answers the delivery,
// or the buyer accepts, or asks for changes and gets them.
func (s *fleetSeller) live(ctx context.Context, number int) {
	ctx, cancel := context.WithTimeout(ctx, fleetPatience)
	defer cancel()
	chance := s.chance("life", number)
	if err := s.through(ctx, number, chance); err != nil {
		s.Errorf("order %d: %v", number, err)
	}
}

func (s *fleetSeller) through(ctx context.Context, number int, chance *rand.Rand) error {
	l := &fleetLife{seller: s}
	n := api.NewOrder{Title: fmt.Sprint("Film ", number), Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: time.Now().Add(200 * time.Hour)}
	var err error
	if l.order, err = insist(ctx, func() (api.PlacedOrder, error) { return s.eva.PlaceOrderOnce(ctx, fmt.Sprint("order ", number), n) }); err != nil {
		return fmt.Errorf("place: %w", err)
	}
	s.mu.Lock()
	s.lives = append(s.lives, l)
	s.mu.Unlock()
	bea, err := api.NewClient(s.balancer.url, path.Base(l.order.ReviewURL), s.transport)
	if err != nil {
		return err
	}
	if err := s.deliver(ctx, l, number, chance); err != nil {
		return err
	}
	answer := chance.IntN(4)
	if answer == 0 {
		changed, err := s.askForChanges(ctx, l, bea)
		if err == nil && changed {
			err = s.deliver(ctx, l, number, chance)
		}
		if err != nil {
			return err
		}
		answer = 1 + chance.IntN(3)
	}
	if answer == 1 {
		return s.accept(ctx, l, bea)
	}
	return nil
}

// askForChanges reports whether the order is in revision now. The request may
// come after the deadline, or be one whose answer was lost.
func (s *fleetSeller) askForChanges(ctx context.Context, l *fleetLife, bea *api.Client) (bool, error) {
	_, refused := insist(ctx, func() (api.Order, error) {
		return bea.Review(l.order.ID).RequestChanges(ctx, api.Changes{Message: "Longer, please."})
	})
	o, err := insist(ctx, func() (api.Order, error) { return s.eva.Order(ctx, l.order.ID) })
	switch {
	case err != nil:
		return false, fmt.Errorf("asked for changes: %w, %w", refused, err)
	case o.Status == order.InRevision, o.Status == order.Completed && refused != nil:
		return o.Status == order.InRevision, nil
	default:
		return false, fmt.Errorf("asked for changes (%w), and the order is %s", refused, o.Status)
	}
}

// accept accepts, which may come after the deadline, or be in vain because the
// first time was not.
func (s *fleetSeller) accept(ctx context.Context, l *fleetLife, bea *api.Client) error {
	_, refused := insist(ctx, func() (api.Order, error) { return bea.Review(l.order.ID).Accept(ctx) })
	l.accepted = refused == nil
	if p := new(api.Problem); refused != nil && (!errors.As(refused, &p) || p.Status != http.StatusConflict) {
		return fmt.Errorf("accept: %w", refused)
	}
	return nil
}

// insist asks until the answer is more than that something is away.
func insist[T any](ctx context.Context, ask func() (T, error)) (T, error) {
	for {
		v, err := ask()
		var p *api.Problem
		if err == nil || errors.As(err, &p) && p.Status != http.StatusServiceUnavailable || ctx.Err() != nil {
			return v, err
		}
		waitFor(ctx)
	}
}

// waitFor lets what is away come back.
func waitFor(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(100 * time.Millisecond): // other processes are on the other side
	}
}

// deliver makes a file and delivers it with the command line, which is started
// again until it is through.
func (s *fleetSeller) deliver(ctx context.Context, l *fleetLife, number int, chance *rand.Rand) error {
	n := len(l.files) + 1
	file, err := s.film(fmt.Sprintf("film %d.%d.mov", number, n), fleetSize(chance), chance)
	if err != nil {
		return err
	}
	l.files = append(l.files, file)
	for {
		out, said, err := s.run(ctx, "deliver", l.order.ID, file.Path, "--message", fmt.Sprint("Number ", n), "--json")
		if err == nil {
			var o api.Order
			if err := json.Unmarshal(out, &o); err != nil || len(o.Deliveries) != n {
				return fmt.Errorf("delivery %d is answered with %d deliveries, %w: %s", n, len(o.Deliveries), err, out)
			}
			s.note("order %d: delivery %d of %d bytes", number, n, file.Size)
			return os.Remove(filepath.Join(s.dir, file.Path))
		}
		s.again.Add(1)
		s.note("order %d: %v: %s", number, err, said)
		if ctx.Err() != nil || !passing(said) {
			return fmt.Errorf("delivery %d: %w: %s", n, err, said)
		}
		waitFor(ctx)
	}
}

// run runs the command line, and interrupts it when it takes too long, as a
// person would.
func (s *fleetSeller) run(ctx context.Context, args ...string) (out []byte, said string, err error) {
	ctx, cancel := context.WithTimeout(ctx, fleetNerves)
	defer cancel()
	cmd := s.command(ctx, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = tooLong
	var faults strings.Builder
	cmd.Stderr = &faults
	out, err = cmd.Output()
	if cmd.ProcessState != nil && cmd.ProcessState.Success() {
		err = nil // it was through all the same
	}
	return out, strings.TrimSpace(faults.String()), err
}

// passing reports whether the command line ended because something is away or
// it was interrupted, and says so.
func passing(said string) bool {
	var e struct{ Error struct{ Code string } }
	return json.Unmarshal([]byte(said), &e) == nil && slices.Contains([]string{"unreachable", "unavailable", "cancelled"}, e.Error.Code)
}

// deliveries is how many were made in all.
func (f *fleet) deliveries() (n int) {
	for _, l := range f.lives {
		n += len(l.files)
	}
	return n
}
