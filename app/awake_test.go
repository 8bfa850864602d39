package app_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"handover/app"
)

func TestKeptAwake(t *testing.T) {
	w := &window{awake: make(chan string, 100)}
	a := tryOut(t, w)
	uploading(t, a) // due in days
	placed := must[app.PlacedOrder](t)(a.Orders.Place(app.NewOrder{
		Key: "due", Title: "Flyer", BuyerName: "Café Süd", BuyerEmail: "sued@example.org", DueAt: time.Now().Add(50 * time.Minute).Format(time.RFC3339),
	}))
	path := filepath.Join(t.TempDir(), "flyer.pdf")
	if err := os.WriteFile(path, make([]byte, 8<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	must[app.Attached](t)(a.Drafts.Attach(placed.ID, []string{path}))
	must[app.TransferList](t)(a.Transfers.SetLimits(app.Limits{Up: 1000, Parallel: 2}))
	if why := <-w.awake; why != "Work that is due is being uploaded: Flyer" {
		t.Errorf("kept awake: %q", why)
	}
	must[app.Draft](t)(a.Drafts.Detach(placed.ID, "flyer.pdf"))
	if why := <-w.awake; why != "" {
		t.Errorf("after it: %q", why)
	}
}
