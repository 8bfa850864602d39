package desk_test

import (
	"log/slog"
	"testing"

	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// A new password is told to the server; this computer stays signed in.
func TestChangingThePassword(t *testing.T) {
	server, err := backend.StartLocal(backend.Config{Dir: t.TempDir(), Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close(t.Context())
	seller := api.NewUser{Email: "eva@example.org", Name: "Eva", Password: "a long password"}
	if _, err := server.AddUser(t.Context(), seller); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(desk.Options{Home: t.TempDir(), Parallel: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Session.ChangePassword(t.Context(), seller.Password, "a longer password"); problem.Explain(err) == nil || problem.Explain(err).Code != string(order.Unauthenticated) {
		t.Errorf("signed out: %v", err)
	}
	if err := d.Session.SignIn(t.Context(), server.URL(), seller.Email, seller.Password, false); err != nil {
		t.Fatal(err)
	}
	if err := d.Session.ChangePassword(t.Context(), "a wrong password", "a longer password"); problem.Explain(err) == nil || problem.Explain(err).Code != string(order.Invalid) {
		t.Errorf("a wrong password: %v", err)
	}
	if err := d.Session.ChangePassword(t.Context(), seller.Password, "a longer password"); err != nil {
		t.Fatal(err)
	}
	if err := d.Session.ChangePassword(t.Context(), "a longer password", "the longest password"); err != nil {
		t.Errorf("signed out by the change: %v", err)
	}
	if err := d.Session.SignIn(t.Context(), server.URL(), seller.Email, seller.Password, false); problem.Explain(err) == nil || problem.Explain(err).Code != string(order.Unauthenticated) {
		t.Errorf("the old password: %v", err)
	}
}
