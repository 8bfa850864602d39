package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// seat is our server on an empty folder, with a signed-in seller and an order.
type seat struct {
	server           *process
	url, order, home string
	token, data      string
	env              []string // of the server
}

// ourServer starts our server, with settings from the environment, and prepares everything except the transfer.
func ourServer(ctx context.Context, b *bench, dir string, env ...string) (seat, error) {
	data, password := filepath.Join(dir, "server"), filepath.Join(dir, "password")
	s := seat{home: filepath.Join(dir, "home"), env: env}
	if err := os.WriteFile(password, []byte("a long password\n"), 0o600); err != nil {
		return s, err
	}
	if _, _, err := client(ctx, env, b.bin("handover-server"), "user", "add", "--data", data,
		"--email", "eva@example.org", "--name", "Eva", "--password-file", password); err != nil {
		return s, err
	}
	var err error
	if s.server, s.url, err = startOurs(ctx, b, dir, data, env); err != nil {
		return s, err
	}
	s.data = data
	if s.order, _, err = s.placeOrder(ctx, b); err != nil {
		return s, err
	}
	return s, s.signIn(ctx, b, password)
}

// startOurs starts our server on a data folder and returns its address.
func startOurs(ctx context.Context, b *bench, dir, data string, env []string) (*process, string, error) {
	const ready = "handover-server listening on "
	p, err := serve(ctx, dir, func(log string) bool { return strings.Contains(log, ready) }, env,
		b.bin("handover-server"), "serve", "--data", data, "--listen", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	said, err := os.ReadFile(p.log)
	if err != nil {
		p.stop()
		return nil, "", err
	}
	return p, field(string(said), ready), nil
}

// placeOrder places an order and returns its ID and the buyer's link.
func (s *seat) placeOrder(ctx context.Context, b *bench) (id, review string, err error) {
	_, placed, err := client(ctx, s.env, b.bin("handover-server"), "order", "add", "--data", s.data, "--seller", "eva@example.org",
		"--buyer-name", "Bea", "--buyer-email", "bea@example.org", "--title", "Film", "--due", "72h", "--json")
	if err != nil {
		return "", "", err
	}
	var o struct {
		ID     string `json:"id"`
		Review string `json:"review_url"`
	}
	err = json.Unmarshal([]byte(placed), &o)
	return o.ID, o.Review, err
}

// signIn signs the command line in, and this program too.
func (s *seat) signIn(ctx context.Context, b *bench, password string) error {
	if _, _, err := client(ctx, nil, b.bin("handover"), "--home", s.home, "login", s.url,
		"--email", "eva@example.org", "--password-file", password); err != nil {
		return err
	}
	token, err := session(ctx, s.url, "eva@example.org", "a long password")
	s.token = token
	return err
}

// ours delivers the file or folder with the command line: hashed on both
// sides, synced, compared, recorded, delivered.
func ours(of func(*bench) string) way {
	return way{"handover", func(ctx context.Context, b *bench, dir string) (*process, func(context.Context) (usage, error), error) {
		s, err := ourServer(ctx, b, dir)
		if err != nil {
			return nil, nil, err
		}
		return s.server, func(ctx context.Context) (usage, error) { return s.deliver(ctx, b, of(b)) }, nil
	}}
}

func (s *seat) deliver(ctx context.Context, b *bench, path string) (usage, error) {
	u, out, err := client(ctx, nil, b.bin("handover"), "--home", s.home, "deliver", s.order, path, "--message", "The film.", "--quiet")
	if err != nil {
		return u, err
	}
	if !strings.Contains(out, "delivered") {
		return u, fmt.Errorf("not delivered: %s", out)
	}
	return u, nil
}

// curl sends the file to our server in one PATCH.
func (s *seat) curl(ctx context.Context, path string) (usage, error) {
	return curlPatch(ctx, sender{endpoint: s.url + "/uploads/", token: s.token, order: s.order}, path)
}

func delivering(of func(*bench) string) func(context.Context, *bench, seat) (usage, error) {
	return func(ctx context.Context, b *bench, s seat) (usage, error) { return s.deliver(ctx, b, of(b)) }
}

func curling(of func(*bench) string) func(context.Context, *bench, seat) (usage, error) {
	return func(ctx context.Context, b *bench, s seat) (usage, error) { return s.curl(ctx, of(b)) }
}
