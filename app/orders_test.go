package app_test

import (
	"strings"
	"testing"
	"time"

	"handover/app"
)

func TestChangeOrder(t *testing.T) {
	a := tryOut(t, &window{})
	id := find(t, a, "Logo")
	before := must[app.OrderPage](t)(a.Orders.Order(id))
	due := time.Now().Add(100 * time.Hour).UTC().Truncate(time.Second)
	edit := app.OrderEdit{
		Version: before.Version, Changed: []string{"title", "due_at", "notes"},
		Title: "Logo animation, 12 seconds", DueAt: due.Format(time.RFC3339), Notes: "=SUM(1)",
	}
	after := must[app.OrderPage](t)(a.Orders.Change(id, edit))
	if o := after.Order; o.Title != edit.Title || o.DueAt != edit.DueAt || after.Notes != edit.Notes || after.Version == before.Version {
		t.Errorf("changed to %+v", after)
	}
	// An edit of the older version is refused.
	_, err := a.Orders.Change(id, edit)
	if err == nil || !strings.Contains(app.FormatError(err).(string), `"stale_version"`) {
		t.Errorf("over what was not seen: %v", err)
	}
	only := must[app.OrderPage](t)(a.Orders.Change(id, app.OrderEdit{Version: after.Version, Changed: []string{"notes"}, Notes: ""}))
	if only.Order.Title != edit.Title || only.Notes != "" {
		t.Errorf("the notes alone: %+v", only)
	}
	for name, bad := range map[string]app.OrderEdit{
		"a price":     {Changed: []string{"price"}},
		"no due date": {Changed: []string{"due_at"}, DueAt: "tomorrow"},
		"no title":    {Changed: []string{"title"}, Title: " "},
	} {
		bad.Version = only.Version
		if _, err := a.Orders.Change(id, bad); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	// The terms of delivered work cannot change.
	reviewing := must[app.OrderPage](t)(a.Orders.Order(find(t, a, "Product photos")))
	if _, err := a.Orders.Change(reviewing.Order.ID, app.OrderEdit{Version: reviewing.Version, Changed: []string{"title"}, Title: "x"}); err == nil {
		t.Error("changed during the review")
	}
}
