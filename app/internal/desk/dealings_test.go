package desk_test

import (
	"context"
	"errors"
	"log/slog"
	"path"
	"slices"
	"sync"
	"testing"
	"time"

	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// opened is a desk that is signed in at a server of its own, and what stops the
// server.
func opened(t *testing.T) (d *desk.Desk, server *backend.Server, stop func()) {
	t.Helper()
	server, err := backend.StartLocal(backend.Config{Dir: t.TempDir(), Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := server.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	seller := api.NewUser{Email: "eva@example.org", Name: "Eva", Password: "a long password"}
	if _, err := server.AddUser(t.Context(), seller); err != nil {
		t.Fatal(err)
	}
	d, err = desk.Open(desk.Options{Home: t.TempDir(), Parallel: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.Session.SignIn(t.Context(), server.URL(), seller.Email, seller.Password, false); err != nil {
		t.Fatal(err)
	}
	return d, server, stop
}

func TestASellersDealings(t *testing.T) {
	d, server, _ := opened(t)
	n := api.NewOrder{
		Title: "Film", Buyer: order.Contact{Name: "Kim", Email: "kim@example.org"}, DueAt: time.Now().Add(time.Hour), Notes: "pays late",
	}
	placed, err := d.Orders.Place(t.Context(), "key", n)
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.Orders.Place(t.Context(), "key", n)
	if err != nil || again.ID != placed.ID {
		t.Fatalf("the retry: %+v, %v", again, err)
	}
	link, err := d.Orders.RenewBuyerLink(t.Context(), placed.ID)
	if err != nil {
		t.Fatal(err)
	}
	if shown, err := d.Orders.BuyerLink(t.Context(), placed.ID); err != nil || shown != link {
		t.Errorf("%+v, %v; want %+v", shown, err, link)
	}
	kim, err := api.NewClient(server.URL(), path.Base(link.ReviewURL), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Orders.WriteMessage(t.Context(), placed.ID, "Hello Kim!"); err != nil {
		t.Error(err)
	}
	if _, err := d.Orders.ProposeCancellation(t.Context(), placed.ID, ""); err != nil {
		t.Error(err)
	}
	if _, err := d.Orders.AnswerCancellation(t.Context(), placed.ID, order.WithdrawCancellation); err != nil {
		t.Error(err)
	}
	title := "The film"
	now, _, _, err := d.Orders.Refresh(t.Context(), placed.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Orders.Change(t.Context(), placed.ID, now.Version-1, api.OrderEdit{Title: &title})
	if e := problem.Explain(err); e == nil || e.Code != string(order.Stale) {
		t.Errorf("what was not seen was changed: %v", err)
	}
	if _, err := d.Orders.Change(t.Context(), placed.ID, now.Version, api.OrderEdit{Title: &title}); err != nil {
		t.Error(err)
	}
	if _, err := kim.ProposeCancellation(t.Context(), placed.ID, "No money."); err != nil {
		t.Error(err)
	}
	if o, err := d.Orders.AnswerCancellation(t.Context(), placed.ID, order.AgreeCancellation); err != nil || o.Status != order.Cancelled {
		t.Errorf("%+v, %v", o, err)
	}
	events, err := d.Orders.History(t.Context(), placed.ID)
	var types []order.EventType
	for _, e := range events {
		types = append(types, e.Type)
	}
	want := []order.EventType{
		order.OrderPlaced, order.ReviewLinkRenewed, order.MessageWritten, order.CancellationProposed, order.CancellationWithdrawn,
		order.OrderChanged, order.CancellationProposed, order.OrderCancelled,
	}
	if err != nil || !slices.Equal(types, want) {
		t.Errorf("history %v, %v", types, err)
	}
	if link, err := d.Orders.RevokeBuyerLink(t.Context(), placed.ID); err != nil || !link.Revoked {
		t.Errorf("%+v, %v", link, err)
	}
}

// What was done is known also when the server is away, and what cannot be done
// then says why.
func TestDealingsWithoutTheServer(t *testing.T) {
	d, _, stop := opened(t)
	placed, err := d.Orders.Place(t.Context(), "", api.NewOrder{
		Title: "Film", Buyer: order.Contact{Name: "Kim", Email: "kim@example.org"}, DueAt: time.Now().Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	stop()
	if o, _, offline, err := d.Orders.Refresh(t.Context(), placed.ID); err != nil || !offline || o.Title != "Film" {
		t.Errorf("%+v, offline %t, %v", o, offline, err)
	}
	_, err = d.Orders.WriteMessage(t.Context(), placed.ID, "Hello?")
	if e := problem.Explain(err); e == nil || e.Code != problem.CodeUnreachable {
		t.Errorf("%v", err)
	}
	if err := d.Session.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err = d.Orders.History(t.Context(), placed.ID)
	if e := problem.Explain(err); !errors.Is(err, e) || e.Code != string(order.Unauthenticated) {
		t.Errorf("%v", err)
	}
}
