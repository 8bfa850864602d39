package storetest

import (
	"context"
	"errors"
	"slices"
	"time"

	"handover/backend/order"
)

// draftPresence replaces the presence of an order, and removes it with an empty
// list.
func draftPresence(f *fixture) {
	ctx := context.Background()
	id, other := f.place("o1", "eva", time.Hour).ID, f.place("o2", "eva", time.Hour).ID
	set := func(list ...order.DraftPresence) {
		f.Helper()
		if err := f.Annotations.ChangeDraftPresence(ctx, id, func([]order.DraftPresence) []order.DraftPresence { return list }); err != nil {
			f.Fatal(err)
		}
	}
	want := func(id string, devices ...string) {
		f.Helper()
		list, err := f.Annotations.DraftPresence(ctx, id)
		if err != nil {
			f.Fatal(err)
		}
		var got []string
		for _, n := range list {
			got = append(got, n.Device)
		}
		if !slices.Equal(got, devices) {
			f.Errorf("notes of %v, want %v", got, devices)
		}
	}
	want(id)
	set(order.DraftPresence{Device: "a"}, order.DraftPresence{Device: "b"})
	want(id, "a", "b")
	want(other)
	set(order.DraftPresence{Device: "b"})
	want(id, "b")
	set()
	want(id)
	err := f.Annotations.ChangeDraftPresence(ctx, "absent", func(n []order.DraftPresence) []order.DraftPresence { return n })
	if !errors.Is(err, &order.Error{Code: order.NotFound}) {
		f.Errorf("notes of no order: %v", err)
	}
}
