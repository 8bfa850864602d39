package admin_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"handover/backend/api"
	"handover/backend/internal/admin"
	"handover/backend/order"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// operator answers what a real server would, and notes what it was asked. It
// embeds the interface for whatever else an operator may ask.
type operator struct {
	admin.Operator
	user   api.NewUser
	seller string
	order  api.NewOrder
}

func (o *operator) AddUser(_ context.Context, u api.NewUser) (api.User, error) {
	o.user = u
	if u.Email == "taken" {
		return api.User{}, &order.Error{Code: order.Exists, Field: "email", Message: "taken already"}
	}
	return api.User{ID: "1", Email: u.Email, Name: u.Name}, nil
}

func (o *operator) Users(context.Context) ([]api.User, error) {
	return []api.User{{ID: "1", Email: "eva@example.org"}}, nil
}

func (o *operator) AddOrder(_ context.Context, seller string, n api.NewOrder) (api.PlacedOrder, error) {
	o.seller, o.order = seller, n
	return api.PlacedOrder{Order: api.Order{ID: "first"}, ReviewURL: "https://example.org/review/x"}, nil
}

func (o *operator) Check(context.Context) (admin.Report, error) {
	return admin.Report{}, errors.New("open /data/uploads/x: permission denied")
}

// serve answers on the folder's socket until the test ends.
func serve(t *testing.T, dir string, op admin.Operator) {
	t.Helper()
	l, err := admin.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: admin.Handler(op)}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-done })
}

func dial(t *testing.T, dir string) *admin.Client {
	t.Helper()
	c, err := admin.Dial(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestCommands(t *testing.T) {
	dir, op := t.TempDir(), &operator{}
	serve(t, dir, op)
	c := dial(t, dir)
	u, err := c.AddUser(t.Context(), api.NewUser{Email: "eva@example.org", Name: "Eva Müller", Password: "geheim \"\n"})
	if err != nil || u.Name != "Eva Müller" || op.user.Password != "geheim \"\n" {
		t.Errorf("adding a user: %+v, %v; the server got %+v", u, err, op.user)
	}
	if users, err := c.Users(t.Context()); err != nil || len(users) != 1 {
		t.Errorf("listing the users: %v, %v", users, err)
	}
	due := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	placed, err := c.AddOrder(t.Context(), "eva@example.org", api.NewOrder{Title: "Film", DueAt: due, Price: &api.Price{Amount: "1.00", Currency: "EUR"}})
	if err != nil || placed.ID != "first" || placed.ReviewURL != "https://example.org/review/x" {
		t.Errorf("adding an order: %+v, %v", placed, err)
	}
	if op.seller != "eva@example.org" || op.order.Title != "Film" || !op.order.DueAt.Equal(due) || op.order.Price.Amount != "1.00" {
		t.Errorf("the server got %s, %+v", op.seller, op.order)
	}
}

func TestErrorsComeBackWhole(t *testing.T) {
	dir := t.TempDir()
	serve(t, dir, &operator{})
	c := dial(t, dir)
	var refused *order.Error
	_, err := c.AddUser(t.Context(), api.NewUser{Email: "taken"})
	if !errors.As(err, &refused) || refused.Code != order.Exists || refused.Field != "email" || refused.Message != "taken already" {
		t.Errorf("a refusal comes back as %#v", err)
	}
	if _, err = c.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("a fault comes back as %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Users(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled command: %v", err)
	}
}

func TestNoServer(t *testing.T) {
	dir := t.TempDir()
	if _, err := admin.Dial(dir); !errors.Is(err, admin.ErrNoServer) {
		t.Errorf("a folder without a socket: %v", err)
	}
	if _, err := admin.Dial(filepath.Join(dir, "absent")); !errors.Is(err, admin.ErrNoServer) {
		t.Errorf("no folder: %v", err)
	}
}

// What the system says where nobody listens is understood, on each system.
func TestRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err == nil {
		conn.Close()
	}
	if !admin.Refused(err) {
		t.Errorf("not understood: %v", err)
	}
	if _, err := net.Dial("tcp", "127.0.0.1:port"); admin.Refused(err) {
		t.Errorf("taken for a refusal: %v", err)
	}
}

// crash leaves a socket behind, as a process that is killed does.
func crash(t *testing.T, dir string) {
	t.Helper()
	l, err := admin.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	sockets, err := filepath.Glob(filepath.Join(dir, "*.sock"))
	if err != nil || len(sockets) != 1 {
		t.Fatalf("no socket was left behind: %v, %v", sockets, err)
	}
}

func TestSocketLeftBehindByACrash(t *testing.T) {
	dir := t.TempDir()
	crash(t, dir)
	if _, err := admin.Dial(dir); !errors.Is(err, admin.ErrNoServer) {
		t.Errorf("dialling a dead socket: %v", err)
	}
	serve(t, dir, &operator{})
	if _, err := dial(t, dir).Users(t.Context()); err != nil {
		t.Errorf("the server after the crash: %v", err)
	}
}

func TestOnlyTheOwnerReachesTheSocket(t *testing.T) {
	dir := t.TempDir()
	serve(t, dir, &operator{})
	sockets, err := filepath.Glob(filepath.Join(dir, "*.sock"))
	if err != nil || len(sockets) != 1 {
		t.Fatalf("the sockets are %v, error %v", sockets, err)
	}
	if runtime.GOOS == "windows" {
		t.Skip("the folder's own rights decide there")
	}
	if info, err := os.Stat(sockets[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket's mode is %v, error %v; want 0600", info.Mode(), err)
	}
}

func TestGarbageOnTheSocket(t *testing.T) {
	dir := t.TempDir()
	op := &operator{}
	serve(t, dir, op)
	sockets, _ := filepath.Glob(filepath.Join(dir, "*.sock"))
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("unix", sockets[0])
	}}}
	for _, body := range []string{"", "{", "[]", `{"email":1}`} {
		resp, err := client.Post("http://server/user/add", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest || op.user != (api.NewUser{}) {
			t.Errorf("%q is answered with %s", body, resp.Status)
		}
	}
}

func TestReportUsesTheSingular(t *testing.T) {
	for want, r := range map[string]admin.Report{
		"1 order, 1 delivery, 1 file, 1 byte, 1 problem":       {Orders: 1, Deliveries: 1, Files: 1, Bytes: 1, Problems: []string{"x"}},
		"0 orders, 2 deliveries, 3 files, 4 bytes, 0 problems": {Deliveries: 2, Files: 3, Bytes: 4},
	} {
		if got := r.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
