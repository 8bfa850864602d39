package backend_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

func TestChangingTheAccount(t *testing.T) {
	h := withSeller(t)
	var a api.Account
	h.ask(t, "PATCH", "/api/v1/account", h.token, map[string]any{"name": "Eva Ä. 🎬", "language": "de"}).into(t, 200, &a)
	h.ask(t, "GET", "/api/v1/account", h.token, nil).into(t, 200, &a)
	if a.Name != "Eva Ä. 🎬" || a.Language != order.German || a.Email != "eva@example.org" {
		t.Errorf("account %+v", a)
	}
}

func TestChangingThePasswordEndsOtherSessions(t *testing.T) {
	h := withSeller(t)
	other := h.signInWith(t, password)
	client, err := api.NewClient(h.URL(), h.token, h.client.Transport)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.ChangePassword(t.Context(), api.NewPassword{Current: password, New: "battery staple"}); err != nil {
		t.Fatal(err)
	}
	h.ask(t, "GET", "/api/v1/account", h.token, nil).into(t, 200, nil)
	h.ask(t, "GET", "/api/v1/account", other, nil).into(t, 401, nil)
	h.signInWith(t, "battery staple")
}

// A seller sees where the account is signed in, without the tokens, and signs a
// lost device out.
func TestSessionsAreListedAndEnded(t *testing.T) {
	h := withSeller(t)
	other := h.signInWith(t, password)
	var list api.SignedInList
	asked := h.ask(t, "GET", "/api/v1/account/sessions", h.token, nil)
	asked.into(t, 200, &list)
	if len(list.Sessions) != 2 || strings.Contains(string(asked.raw), h.token) || strings.Contains(string(asked.raw), other) {
		t.Fatalf("sessions %s", asked.raw)
	}
	for _, s := range list.Sessions {
		if !s.Current {
			h.ask(t, "DELETE", "/api/v1/account/sessions/"+s.ID, h.token, nil).into(t, 204, nil)
		}
	}
	h.ask(t, "GET", "/api/v1/account", other, nil).into(t, 401, nil)
	h.ask(t, "GET", "/api/v1/account", h.token, nil).into(t, 200, nil)
}

// The operator's commands reach the server over its socket.
func TestDisablingASeller(t *testing.T) {
	h := withSeller(t)
	id, buyer := h.place(t)
	h.deliver(t, id, h.upload(t, id, "film.mov", random(100)))
	stream := h.open(t.Context(), request{method: "GET", path: "/api/v1/events", as: h.token})
	defer stream.Body.Close()
	op := h.operator(t)
	if u, err := op.SetUserDisabled(t.Context(), "Eva@example.org", true); err != nil || u.DisabledAt.IsZero() {
		t.Fatalf("%+v, %v", u, err)
	}
	h.ask(t, "GET", "/api/v1/account", h.token, nil).into(t, 401, nil)
	if r := h.ask(t, "POST", "/api/v1/session", "", api.Credentials{Email: "eva@example.org", Password: password}); r.StatusCode != 403 || r.problem.Code != "forbidden" {
		t.Errorf("sign in: %s %s", r.Status, r.raw)
	}
	// The order stays, and its buyer goes on.
	h.ask(t, "POST", "/api/v1/orders/"+id+"/accept", buyer, nil).into(t, 200, nil)
	// What the buyer did is not told to the seller's open stream, which ends.
	for lines := bufio.NewScanner(stream.Body); lines.Scan(); {
		if strings.Contains(lines.Text(), string(order.OrderCompleted)) {
			t.Error("the seller still hears of the order")
		}
	}
	if users, err := op.Users(t.Context()); err != nil || len(users) != 2 || users[0].DisabledAt.IsZero() || !users[1].DisabledAt.IsZero() {
		t.Errorf("users %+v, %v", users, err)
	}
	if u, err := op.SetUserDisabled(t.Context(), "eva@example.org", false); err != nil || !u.DisabledAt.IsZero() {
		t.Fatalf("%+v, %v", u, err)
	}
	if _, err := op.ResetPassword(t.Context(), "eva@example.org", "battery staple"); err != nil {
		t.Fatal(err)
	}
	h.signInWith(t, "battery staple")
}

// guesses signs in with wrong passwords until it is slowed down, and returns how
// many were checked.
func (h *house) guesses(t *testing.T, headers func(i int) []string) int {
	t.Helper()
	for i := range 35 {
		r := h.ask(t, "POST", "/api/v1/session", "", api.Credentials{Email: fmt.Sprintf("victim%d@example.org", i), Password: "guess"}, headers(i)...)
		switch r.StatusCode {
		case http.StatusUnauthorized:
		case http.StatusTooManyRequests:
			if r.problem.Code != "rate_limited" || r.Header.Get("Retry-After") != "1" {
				t.Errorf("%s, Retry-After %q, %s", r.Status, r.Header.Get("Retry-After"), r.raw)
			}
			return i
		default:
			t.Fatal(r.Status)
		}
	}
	return 35
}

func TestWhoseGuessesCountTogether(t *testing.T) {
	const limit, never = 31, 35
	for name, c := range map[string]struct {
		trust   bool
		headers func(i int) []string
		want    int
	}{
		"one peer":                              {false, func(int) []string { return nil }, limit},
		"a peer that claims to be a proxy":      {false, func(i int) []string { return []string{"X-Forwarded-For", fmt.Sprint("192.0.2.", i)} }, limit},
		"many behind the proxy":                 {true, func(i int) []string { return []string{"X-Forwarded-For", fmt.Sprint("192.0.2.", i)} }, never},
		"one behind the proxy, who claims more": {true, func(i int) []string { return []string{"X-Forwarded-For", fmt.Sprintf("192.0.2.%d, 198.51.100.1", i)} }, limit},
		"with ports":                            {true, func(i int) []string { return []string{"X-Forwarded-For", fmt.Sprintf("198.51.100.1:%d", 1000+i)} }, limit},
		"one subscriber's IPv6 network":         {true, func(i int) []string { return []string{"X-Forwarded-For", fmt.Sprintf("2001:db8::%d", i)} }, limit},
		"many IPv6 networks":                    {true, func(i int) []string { return []string{"X-Forwarded-For", fmt.Sprintf("[2001:db8:0:%d::1]", i)} }, never},
		"nonsense behind the proxy":             {true, func(i int) []string { return []string{"X-Forwarded-For", fmt.Sprint("nonsense ", i)} }, limit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := openHouse(t, t.TempDir(), func(b *backend.Config) { b.TrustProxy = c.trust })
			if got := h.guesses(t, c.headers); got != c.want {
				t.Errorf("%d guesses were checked, want %d", got, c.want)
			}
		})
	}
}
