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

func TestTheAccountRoutes(t *testing.T) {
	h := withSeller(t, nil)
	_, buyer := h.place(t)
	for name, c := range map[string]struct {
		method, path, token string
		in                  any
		status              int
		code                string
	}{
		"nobody":                {"GET", "/api/v1/account", "", nil, 401, "unauthorised"},
		"a buyer":               {"GET", "/api/v1/account", buyer, nil, 403, "forbidden"},
		"a buyer's change":      {"PATCH", "/api/v1/account", buyer, map[string]any{"name": "Bea"}, 403, "forbidden"},
		"a buyer's password":    {"POST", "/api/v1/account/password", buyer, api.NewPassword{Current: "x", New: "battery staple"}, 403, "forbidden"},
		"an empty name":         {"PATCH", "/api/v1/account", h.token, map[string]any{"name": ""}, 422, "invalid"},
		"blanks for a name":     {"PATCH", "/api/v1/account", h.token, map[string]any{"name": "  "}, 422, "invalid"},
		"a number for a name":   {"PATCH", "/api/v1/account", h.token, map[string]any{"name": 7}, 422, "invalid"},
		"another e-mail":        {"PATCH", "/api/v1/account", h.token, map[string]any{"email": "otto@example.org"}, 422, "invalid"},
		"Klingon":               {"PATCH", "/api/v1/account", h.token, map[string]any{"language": "tlh"}, 422, "invalid"},
		"no JSON":               {"PATCH", "/api/v1/account", h.token, []byte("{"), 400, "invalid"},
		"too much":              {"PATCH", "/api/v1/account", h.token, map[string]any{"name": strings.Repeat("x", 70_000)}, 413, "body_too_large"},
		"no current password":   {"POST", "/api/v1/account/password", h.token, map[string]any{"new": "battery staple"}, 422, "invalid"},
		"wrong password":        {"POST", "/api/v1/account/password", h.token, api.NewPassword{Current: "wrong", New: "battery staple"}, 422, "invalid"},
		"short password":        {"POST", "/api/v1/account/password", h.token, api.NewPassword{Current: housePassword, New: "short"}, 422, "invalid"},
		"a session of nobody's": {"DELETE", "/api/v1/account/sessions/none", h.token, nil, 404, "not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			if r := h.ask(t, c.method, c.path, c.token, c.in); r.StatusCode != c.status || r.code() != c.code {
				t.Errorf("%s %s, want %d %s", r.Status, r.body, c.status, c.code)
			}
		})
	}
	var a api.Account
	h.ask(t, "PATCH", "/api/v1/account", h.token, map[string]any{"name": "Eva Ä. 🎬", "language": "de"}).into(t, 200, &a)
	h.ask(t, "GET", "/api/v1/account", h.token, nil).into(t, 200, &a)
	if a.Name != "Eva Ä. 🎬" || a.Language != order.German || a.Email != "eva@example.org" {
		t.Errorf("account %+v", a)
	}
}

func TestChangingThePasswordEndsOtherSessions(t *testing.T) {
	h := withSeller(t, nil)
	other := h.signIn(t, "eva@example.org", housePassword)
	client, err := api.NewClient(h.URL(), h.token, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.ChangePassword(t.Context(), api.NewPassword{Current: housePassword, New: "battery staple"}); err != nil {
		t.Fatal(err)
	}
	h.ask(t, "GET", "/api/v1/account", h.token, nil).into(t, 200, nil)
	h.ask(t, "GET", "/api/v1/account", other, nil).into(t, 401, nil)
	h.signIn(t, "eva@example.org", "battery staple")
}

// A seller sees where the account is signed in, without the tokens, and signs a
// lost device out.
func TestSessionsAreListedAndEnded(t *testing.T) {
	h := withSeller(t, nil)
	other := h.signIn(t, "eva@example.org", housePassword)
	var list api.SignedInList
	answer := h.ask(t, "GET", "/api/v1/account/sessions", h.token, nil)
	answer.into(t, 200, &list)
	if len(list.Sessions) != 2 || strings.Contains(string(answer.body), h.token) || strings.Contains(string(answer.body), other) {
		t.Fatalf("sessions %s", answer.body)
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
	h := withSeller(t, nil)
	id, buyer := h.place(t)
	h.deliver(t, id, h.upload(t, id, "film.mov", random(100)))
	events, err := http.NewRequestWithContext(t.Context(), "GET", h.URL()+"/api/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	events.Header.Set("Authorization", "Bearer "+h.token)
	stream, err := http.DefaultClient.Do(events)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	op := h.operator(t)
	if u, err := op.SetUserDisabled(t.Context(), "Eva@example.org", true); err != nil || u.DisabledAt.IsZero() {
		t.Fatalf("%+v, %v", u, err)
	}
	h.ask(t, "GET", "/api/v1/account", h.token, nil).into(t, 401, nil)
	if r := h.ask(t, "POST", "/api/v1/session", "", api.Credentials{Email: "eva@example.org", Password: housePassword}); r.StatusCode != 403 || r.code() != "forbidden" {
		t.Errorf("sign in: %s %s", r.Status, r.body)
	}
	// The order stays, and its buyer goes on.
	h.ask(t, "POST", "/api/v1/orders/"+id+"/accept", buyer, nil).into(t, 200, nil)
	// What the buyer did is not told to the seller's open stream, which ends.
	for lines := bufio.NewScanner(stream.Body); lines.Scan(); {
		if strings.Contains(lines.Text(), string(order.OrderCompleted)) {
			t.Error("the seller still hears of the order")
		}
	}
	if users, err := op.Users(t.Context()); err != nil || len(users) != 1 || users[0].DisabledAt.IsZero() {
		t.Errorf("users %+v, %v", users, err)
	}
	if u, err := op.SetUserDisabled(t.Context(), "eva@example.org", false); err != nil || !u.DisabledAt.IsZero() {
		t.Fatalf("%+v, %v", u, err)
	}
	if _, err := op.ResetPassword(t.Context(), "eva@example.org", "battery staple"); err != nil {
		t.Fatal(err)
	}
	h.signIn(t, "eva@example.org", "battery staple")
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
			if r.code() != "rate_limited" || r.Header.Get("Retry-After") != "1" {
				t.Errorf("%s, Retry-After %q, %s", r.Status, r.Header.Get("Retry-After"), r.body)
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
