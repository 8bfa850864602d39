package order_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/order"
)

func viewHash(number int) string { return fmt.Sprint("view ", number) }

func share(t *testing.T, o *order.Order, name string) order.ViewLink {
	t.Helper()
	events, err := o.Share(name, viewHash, t0, policy)
	if err != nil {
		t.Fatal(err)
	}
	link, ok := o.ViewedBy(viewHash(o.ViewLinksMade))
	if e := events[len(events)-1]; !ok || e.Type != order.WorkShared || e.By != order.Buyer || e.Viewer != link.Name || !order.Quiet(events) {
		t.Fatalf("shared: %+v, %+v", link, events)
	}
	return link
}

func TestAViewerDecidesNothing(t *testing.T) {
	o := placed(t)
	do(t, &o, t0, order.Deliver, order.Seller)
	share(t, &o, "Ada")
	if can := o.Allowed(order.Viewer); !slices.Equal(can, []order.Action{order.WriteComment}) {
		t.Errorf("a viewer may %v", can)
	}
	for _, a := range order.Actions() {
		before := o
		events, err := o.Apply(command(a, order.Viewer), t0, policy)
		code := order.Forbidden
		if a == order.WriteComment {
			code = order.Invalid // it is nothing that happens to the order
		}
		if !errors.Is(err, &order.Error{Code: code}) || len(events) > 0 || !cmp.Equal(before, o) {
			t.Errorf("%s by a viewer: %+v, %v", a, events, err)
		}
	}
}

func TestSharing(t *testing.T) {
	o := placed(t)
	ada, ben := share(t, &o, " Ada\t"), share(t, &o, "Ben")
	if ada.Number != 1 || ada.Name != "Ada" || !ada.MadeAt.Equal(t0) || ben.Number != 2 {
		t.Errorf("%+v, %+v", ada, ben)
	}
	events, err := o.EndSharing(1, t0, policy)
	if err != nil || len(events) != 1 || events[0].Type != order.SharingEnded || events[0].Viewer != "Ada" || !order.Quiet(events) {
		t.Errorf("ended: %+v, %v", events, err)
	}
	for _, number := range []int{1, 0, -1, 3} {
		if events, err := o.EndSharing(number, t0, policy); !errors.Is(err, &order.Error{Code: order.NotFound}) || len(events) > 0 {
			t.Errorf("ended %d: %+v, %v", number, events, err)
		}
	}
	_, adas := o.ViewedBy(viewHash(1))
	if _, bens := o.ViewedBy(viewHash(2)); adas || !bens {
		t.Errorf("after one of two has ended: %t, %t", adas, bens)
	}
	if _, ok := o.ViewedBy(""); ok {
		t.Error("nothing opens the order")
	}
	if again := share(t, &o, "Ada"); again.Number != 3 {
		t.Errorf("a number came back: %+v", again)
	}
}

func TestWhomToShareWith(t *testing.T) {
	for _, name := range []string{"", " \t", "a\nb", "\x00", "\xff", strings.Repeat("ä", order.MaxTitle+1)} {
		o := placed(t)
		_, err := o.Share(name, viewHash, t0, policy)
		var refused *order.Error
		if !errors.As(err, &refused) || refused.Code != order.Invalid || refused.Field != "name" || !cmp.Equal(o, placed(t)) {
			t.Errorf("%.20q: %v", name, err)
		}
	}
	o := placed(t)
	for i := range order.MaxViewLinks {
		share(t, &o, fmt.Sprint("colleague ", i))
	}
	before := o
	if _, err := o.Share("one more", viewHash, t0, policy); !errors.Is(err, &order.Error{Code: order.Conflict}) || !cmp.Equal(before, o) {
		t.Errorf("one more than all: %v", err)
	}
	if _, err := o.EndSharing(7, t0, policy); err != nil {
		t.Fatal(err)
	}
	if link := share(t, &o, "one more"); link.Number != order.MaxViewLinks+1 {
		t.Errorf("%+v", link)
	}
}

func TestLinksToLookEndWithTheBuyers(t *testing.T) {
	hash := func(int) string { return "new" }
	for name, end := range map[string]func(*order.Order) []order.Event{
		"renewed": func(o *order.Order) []order.Event { return o.RenewReviewLink(hash, t0, policy) },
		"revoked": func(o *order.Order) []order.Event { return o.RevokeReviewLink(t0, policy) },
	} {
		t.Run(name, func(t *testing.T) {
			o := placed(t)
			share(t, &o, "Ada")
			end(&o)
			if _, ok := o.ViewedBy(viewHash(1)); ok || len(o.ViewLinks) > 0 {
				t.Errorf("left: %+v", o.ViewLinks)
			}
			o.RenewReviewLink(hash, t0, policy)
			if link := share(t, &o, "Ada"); link.Number != 2 {
				t.Errorf("the next link is %+v", link)
			}
		})
	}
}

func TestWhatViewersReadIsNotTheBuyers(t *testing.T) {
	o := placed(t)
	share(t, &o, "Ada")
	do(t, &o, t0, order.Deliver, order.Seller)
	at := t0.Add(time.Hour)
	again := at.Add(order.ViewInterval)
	for _, step := range []struct {
		name string
		r    order.View
		want order.EventType // "" for none
	}{
		{"before a delivery", order.View{At: at.Add(-order.ViewInterval)}, order.WorkViewed},
		{"a look", order.View{Delivery: 1, At: at}, order.WorkViewed},
		{"soon after", order.View{Delivery: 1, At: again.Add(-1)}, ""},
		{"a clock set back", order.View{Delivery: 1, At: t0}, ""},
		{"later", order.View{Delivery: 1, At: again}, order.WorkViewed},
		{"no such file", order.View{Delivery: 1, File: "u9", At: at}, ""},
		{"no such delivery", order.View{Delivery: 2, File: order.Archive, At: at}, ""},
		{"a file", order.View{Delivery: 1, File: "u1", At: at}, order.FileDownloaded},
		{"more of the same delivery", order.View{Delivery: 1, File: order.Archive, At: at}, ""},
	} {
		step.r.Order, step.r.Viewer = o.ID, 1
		isNew, before := step.r.New(o), o
		events := o.RecordView(step.r, policy)
		if isNew != (step.want != "") || isNew != (len(events) == 1) || isNew == cmp.Equal(before, o) {
			t.Fatalf("%s: new %t, %+v", step.name, isNew, events)
		}
		if isNew && (events[0].Type != step.want || events[0].By != order.Viewer || events[0].Viewer != "Ada" || !order.Quiet(events)) {
			t.Errorf("%s: %+v", step.name, events[0])
		}
	}
	d := o.Deliveries[0]
	if !d.OpenedAt.IsZero() || !d.Files[0].DownloadedAt.IsZero() || !d.ArchiveDownloadedAt.IsZero() {
		t.Errorf("it counts as the buyer's: %+v", d)
	}
	if link, _ := o.ViewLink(1); !link.OpenedAt.Equal(again) || !slices.Equal(link.Downloaded, []int{1}) {
		t.Errorf("the link says %+v", link)
	}
	if stranger := (order.View{Order: o.ID, Delivery: 1, At: again, Viewer: 2}); stranger.New(o) || len(o.RecordView(stranger, policy)) > 0 {
		t.Error("a link that is none was noted")
	}
}

func TestWhatAViewerHearsOf(t *testing.T) {
	hears := map[order.EventType]bool{
		order.WorkDelivered: true, order.OrderCompleted: true, order.ChangesRequested: true, order.OrderCancelled: true,
		order.OrderPlaced: false, order.MessageWritten: false, order.CancellationProposed: false, order.ReviewExtended: false,
		order.WorkShared: false, order.SharingEnded: false, order.WorkViewed: false, order.DeliveryOpened: false, order.PaymentCleared: false,
	}
	for kind, want := range hears {
		said, ok := order.Event{Type: kind, Message: "secret", Seller: "s1", ClearsAt: t0, Days: 3}.For(order.Viewer)
		if ok != want || said.Message != "" || said.Seller != "" || !said.ClearsAt.IsZero() || said.Days != 0 {
			t.Errorf("%s: %+v, %t", kind, said, ok)
		}
	}
	for _, changed := range [][]string{{"title", "due_at", "notes"}, {"due_at"}} {
		said, ok := order.Event{Type: order.OrderChanged, Changed: changed, Title: "Film", DueAt: t0}.For(order.Viewer)
		if title := changed[0] == "title"; ok != title || title && (said.Title != "Film" || len(said.Changed) != 1 || !said.DueAt.IsZero()) {
			t.Errorf("%v: %+v, %t", changed, said, ok)
		}
	}
	for kind, want := range map[order.EventType]bool{order.WorkShared: true, order.SharingEnded: true, order.WorkViewed: false} {
		if _, ok := (order.Event{Type: kind}).For(order.Buyer); ok != want {
			t.Errorf("the buyer hears of %s: %t", kind, ok)
		}
	}
	if said, ok := (order.Event{Type: order.OrderPlaced}).For(order.Clock); ok {
		t.Errorf("the clock hears %+v", said)
	}
}
