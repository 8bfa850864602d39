package backend_test

import (
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"path"
	"testing"
	"time"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// house is a site as its operator and one seller, Eva, use it.
type house struct {
	*site
	token string // Eva's
}

// withSeller opens a house in a new folder.
func withSeller(t *testing.T, configure ...func(*backend.Config)) *house {
	t.Helper()
	s := newSite(t, configure...)
	return &house{s, s.eva}
}

// openHouse opens a house on data that is there already, or on none.
func openHouse(t *testing.T, dir string, configure ...func(*backend.Config)) *house {
	t.Helper()
	return &house{site: openSite(t, append(configure, func(c *backend.Config) { c.Dir = dir })...)}
}

// in returns the house for a subtest.
func (h *house) in(t *testing.T) *site {
	on := *h.site
	on.T = t
	return &on
}

// ask sends in as JSON, or as it is when it is bytes. headers are pairs.
func (h *house) ask(t *testing.T, method, path, token string, in any, headers ...string) answer {
	t.Helper()
	raw, ok := in.([]byte)
	if !ok && in != nil {
		var err error
		if raw, err = json.Marshal(in); err != nil {
			t.Fatal(err)
		}
	}
	return h.in(t).send(request{method: method, path: path, as: token, body: string(raw), header: headers})
}

// into demands a status, and decodes the answer unless v is nil.
func (a answer) into(t *testing.T, status int, v any) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s: %s %s, want %d", a.method, a.path, a.Status, a.raw, status)
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal(a.raw, v); err != nil {
		t.Fatal(err)
	}
}

// signInWith returns a new session of Eva's.
func (h *house) signInWith(t *testing.T, password string) string {
	t.Helper()
	var session api.Session
	h.ask(t, "POST", "/api/v1/session", "", api.Credentials{Email: "eva@example.org", Password: password}).into(t, http.StatusOK, &session)
	return session.Token
}

// place has the operator place an order of Eva's; it returns the buyer's token.
func (h *house) place(t *testing.T) (id, buyer string) {
	t.Helper()
	o, err := h.AddOrder(t.Context(), "eva@example.org", api.NewOrder{
		Title: "Wedding film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: h.clock.Now().Add(72 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	return o.ID, path.Base(o.ReviewURL)
}

func (h *house) upload(t *testing.T, orderID, name string, content []byte) order.File {
	t.Helper()
	return h.in(t).upload(h.token, orderID, name, string(content))
}

func (h *house) deliver(t *testing.T, orderID string, files ...order.File) {
	t.Helper()
	h.ask(t, "POST", "/api/v1/orders/"+orderID+deliverRoute, h.token, []byte(delivery(files...)), idempotencyField, rand.Text()).into(t, http.StatusCreated, nil)
}

// operator reaches the server as the commands do, over its socket.
func (h *house) operator(t *testing.T) backend.Operator {
	t.Helper()
	op, closeOperator, err := backend.OpenOperator(backend.Config{Dir: h.dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if _, direct := op.(*backend.Server); direct {
		t.Fatal("the server was not reached over its socket")
	}
	t.Cleanup(func() { closeOperator() })
	return op
}
