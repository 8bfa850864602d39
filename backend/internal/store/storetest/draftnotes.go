package storetest

import (
	"context"
	"errors"
	"slices"
	"time"

	"handover/backend/order"
)

// draftNotes replaces the notes of an order, and removes them with an empty list.
func draftNotes(f *fixture) {
	ctx := context.Background()
	id, other := f.place("o1", "eva", time.Hour).ID, f.place("o2", "eva", time.Hour).ID
	set := func(notes ...order.DraftNote) {
		f.Helper()
		if err := f.Annotations.ChangeDraftNotes(ctx, id, func([]order.DraftNote) []order.DraftNote { return notes }); err != nil {
			f.Fatal(err)
		}
	}
	want := func(id string, devices ...string) {
		f.Helper()
		notes, err := f.Annotations.DraftNotes(ctx, id)
		if err != nil {
			f.Fatal(err)
		}
		var got []string
		for _, n := range notes {
			got = append(got, n.Device)
		}
		if !slices.Equal(got, devices) {
			f.Errorf("notes of %v, want %v", got, devices)
		}
	}
	want(id)
	set(order.DraftNote{Device: "a"}, order.DraftNote{Device: "b"})
	want(id, "a", "b")
	want(other)
	set(order.DraftNote{Device: "b"})
	want(id, "b")
	set()
	want(id)
	err := f.Annotations.ChangeDraftNotes(ctx, "absent", func(n []order.DraftNote) []order.DraftNote { return n })
	if !errors.Is(err, &order.Error{Code: order.NotFound}) {
		f.Errorf("notes of no order: %v", err)
	}
}
