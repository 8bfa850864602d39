package app_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/app"
	"handover/app/internal/notification"
	"handover/app/internal/shell"
	"handover/app/internal/tray"
	"handover/app/internal/windowstate"
	"handover/backend"
	"handover/backend/order"
)

// window is a window whose seller saves files in a folder.
type window struct {
	dir    string // "" for a seller who cancels
	opened []string
	shown  int
	told   chan string // emitted events; nil for no listener
	place  windowstate.Place
	notes  chan notification.Popup // nil for a desktop that shows none
	click  func(key string)
	symbol *symbol     // nil for a desktop without a tray
	awake  chan string // why the computer is kept awake, "" for a release; nil for a system that cannot
	hidden int
	quits  int
}

func (w *window) Emit(event string, _ ...any) {
	if w.told != nil {
		w.told <- event
	}
}
func (w *window) Show() { w.shown++ }
func (w *window) Notifier(click func(string)) (shell.Notifier, error) {
	if w.notes == nil {
		return nil, errors.New("no service")
	}
	w.click = click
	return notes(w.notes), nil
}
func (w *window) Hide() { w.hidden++ }
func (w *window) Quit() { w.quits++ }
func (w *window) Tray(look tray.Look, pressed func(string)) (shell.Tray, error) {
	if w.symbol == nil {
		return nil, errors.New("no bar")
	}
	w.symbol.looks <- look
	w.symbol.pressed = pressed
	return w.symbol, nil
}
func (w *window) KeepAwake(why string) (func(), error) {
	if w.awake == nil {
		return nil, errors.New("not allowed")
	}
	w.awake <- why
	return func() { w.awake <- "" }, nil
}
func (w *window) Place() windowstate.Place    { return w.place }
func (w *window) Move(x, y int)               { w.place.X, w.place.Y = x, y }
func (*window) OpenFiles() ([]string, error)  { return nil, nil }
func (*window) OpenFolder() ([]string, error) { return nil, nil }
func (w *window) OpenURL(url string)          { w.opened = append(w.opened, url) }

func (w *window) SaveFile(name string) (string, error) {
	if w.dir == "" {
		return "", nil
	}
	return filepath.Join(w.dir, name), nil
}

// symbol is the tray icon.
type symbol struct {
	hosted  bool
	looks   chan tray.Look
	pressed func(key string)
}

func (s *symbol) Set(look tray.Look) error { s.looks <- look; return nil }
func (s *symbol) Hosted() bool             { return s.hosted }
func (s *symbol) Close() error             { return nil }

// notes records the notifications that the desktop shows.
type notes chan notification.Popup

func (n notes) Show(p notification.Popup) error { n <- p; return nil }
func (n notes) Close() error                    { return nil }

// program returns a program with an open window.
func program(t testing.TB, home string, w app.Window) *app.Program {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	p := app.New(app.Options{
		Home: home, Version: "test", Log: log,
		StartTrial: func(dir string) (app.Trial, error) {
			return backend.StartLocal(backend.Config{Dir: dir, Policy: order.DefaultPolicy(), Log: log})
		},
	})
	p.Start(w)
	t.Cleanup(p.Stop)
	return p
}

// tryOut returns the window's methods over a trial with its sample orders.
func tryOut(t testing.TB, w app.Window) app.Bound {
	t.Helper()
	a := program(t, t.TempDir(), w).Bound()
	if _, err := a.App.TryOut(); err != nil {
		t.Fatal(err)
	}
	return a
}

// find returns the ID of a sample order.
func find(t *testing.T, a app.Bound, title string) string {
	t.Helper()
	list, err := a.Orders.List(0)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list.Orders, func(o app.OrderRow) bool { return strings.Contains(o.Title, title) })
	if i < 0 {
		t.Fatalf("no order %s", title)
	}
	return list.Orders[i].ID
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestTalk(t *testing.T) {
	a := tryOut(t, &window{})
	id := find(t, a, "Podcast")

	page := must[app.OrderPage](t)(a.Orders.WriteMessage(id, "Tomorrow."))
	if !slices.Contains(page.Allowed, "write_message") {
		t.Errorf("allowed: %v", page.Allowed)
	}
	if _, err := a.Orders.WriteMessage(id, " "); err == nil {
		t.Error("an empty message was sent")
	}
	page = must[app.OrderPage](t)(a.Orders.ProposeCancellation(id, "Too much to do."))
	if c := page.Cancellation; c.By != "seller" || c.Message != "Too much to do." || c.LapsesAt == "" {
		t.Errorf("the proposal is %+v", c)
	}
	for _, answer := range []order.Action{"agree_cancellation", "deliver", ""} {
		if _, err := a.Orders.AnswerCancellation(id, answer); err == nil {
			t.Errorf("the seller could %q the own proposal", answer)
		}
	}
	page = must[app.OrderPage](t)(a.Orders.AnswerCancellation(id, "withdraw_cancellation"))
	if page.Cancellation.By != "" {
		t.Errorf("the proposal is still there: %+v", page.Cancellation)
	}

	var types []string
	for _, e := range must[[]app.OrderEvent](t)(a.Orders.History(id)) {
		types = append(types, string(e.Type))
	}
	want := []string{"order_placed", "work_delivered", "changes_requested", "message_written", "cancellation_proposed", "cancellation_withdrawn"}
	if !slices.Equal(types, want) {
		t.Errorf("the history is %v", types)
	}
}

func TestBuyerLink(t *testing.T) {
	w := &window{}
	a := tryOut(t, w)
	id := find(t, a, "Logo")
	before := must[app.BuyerLink](t)(a.Orders.BuyerLink(id))
	if err := a.Orders.OpenReview(id); err != nil || !slices.Equal(w.opened, []string{before.URL}) {
		t.Fatalf("opened %v: %v", w.opened, err)
	}
	if after := must[app.BuyerLink](t)(a.Orders.RenewBuyerLink(id)); after.URL == "" || after.URL == before.URL {
		t.Errorf("renewed %q to %q", before.URL, after.URL)
	}
	if revoked := must[app.BuyerLink](t)(a.Orders.RevokeBuyerLink(id)); !revoked.Revoked || revoked.URL != "" {
		t.Errorf("revoked: %+v", revoked)
	}
	if err := a.Orders.OpenReview(id); err == nil || len(w.opened) != 1 {
		t.Errorf("opened %v: %v", w.opened, err)
	}
}

func TestSavedFiles(t *testing.T) {
	dir := t.TempDir()
	w := &window{}
	a := tryOut(t, w)
	id := find(t, a, "Product photos")

	if path := must[string](t)(a.Orders.SaveReceipt(id, 1)); path != "" {
		t.Errorf("saved as %s though the seller cancelled", path)
	}
	w.dir = dir
	receipt := must[string](t)(a.Orders.SaveReceipt(id, 1))
	if raw, err := os.ReadFile(receipt); err != nil || !strings.Contains(string(raw), "handover.receipt") {
		t.Errorf("the receipt %s: %v\n%s", receipt, err, raw)
	}
	ledger := must[string](t)(a.Orders.ExportEarnings())
	if raw, err := os.ReadFile(ledger); err != nil || !strings.Contains(string(raw), "360.00") {
		t.Errorf("the ledger %s: %v\n%s", ledger, err, raw)
	}
	if _, err := a.Orders.SaveReceipt(id, 2); err == nil {
		t.Error("a receipt of no delivery")
	}
	w.dir = filepath.Join(dir, "gone")
	if _, err := a.Orders.ExportEarnings(); err == nil {
		t.Error("saved in a folder that is not there")
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 2 {
		t.Errorf("left behind: %v %v", files, err)
	}
	if e := must[app.Earnings](t)(a.Orders.Earnings()); len(e.Totals) != 1 || e.Totals[0].Currency != "EUR" || len(e.Months) == 0 {
		t.Errorf("earnings: %+v", e)
	}
}

func TestPlaceOrder(t *testing.T) {
	a := tryOut(t, &window{})
	n := app.NewOrder{
		Key: "once", Title: "Flyer", BuyerName: "Café Süd", BuyerEmail: "sued@example.org", Language: "de",
		DueAt: time.Now().Add(48 * time.Hour).Format(time.RFC3339), Price: "80.00", Currency: "EUR", Notes: "call first",
	}
	first, again := must[app.PlacedOrder](t)(a.Orders.Place(n)), must[app.PlacedOrder](t)(a.Orders.Place(n))
	if first.ID != again.ID || first.URL == "" {
		t.Errorf("placed %+v and %+v", first, again)
	}
	if page := must[app.OrderPage](t)(a.Orders.Order(first.ID)); page.Notes != "call first" || page.Order.Price != "80.00" {
		t.Errorf("placed %+v", page)
	}
	for name, change := range map[string]func(*app.NewOrder){
		"no title":     func(n *app.NewOrder) { n.Title = "" },
		"no time":      func(n *app.NewOrder) { n.DueAt = "tomorrow" },
		"no address":   func(n *app.NewOrder) { n.BuyerEmail = "nobody" },
		"a price of x": func(n *app.NewOrder) { n.Price = "x" },
	} {
		bad := n
		bad.Key = name
		change(&bad)
		if _, err := a.Orders.Place(bad); err == nil {
			t.Errorf("%s: placed", name)
		}
	}
}

func TestTransfers(t *testing.T) {
	a := tryOut(t, &window{})
	id := find(t, a, "Wedding")
	must[app.TransferList](t)(a.Transfers.Pause("", ""))
	for _, name := range []string{"one.mov", "two.mov"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		must[app.Attached](t)(a.Drafts.Attach(id, []string{path}))
	}
	list := must[app.TransferList](t)(a.Transfers.MoveToFront(id, "two.mov"))
	if len(list.Transfers) != 2 || !list.Paused || list.Progress.Seconds != -1 {
		t.Fatalf("the list is %+v", list)
	}
	for _, each := range list.Transfers {
		if each.State != "paused" || !strings.HasPrefix(each.Title, "Wedding") || each.Seconds != -1 {
			t.Errorf("%+v", each)
		}
	}
	if _, err := a.Transfers.Resume(id, "one.mov"); err == nil {
		t.Error("one of all went on")
	}
	if list = must[app.TransferList](t)(a.Transfers.Pause(id, "")); !slices.Equal(list.PausedOrders, []string{id}) {
		t.Errorf("paused orders: %v", list.PausedOrders)
	}
	limits := app.Limits{
		Up: 50_000, Parallel: 2, Yield: true, PauseMetered: true,
		Schedule: []app.Span{{From: "09:00", To: "18:00", Up: 1_000_000}, {From: "22:30", To: "06:00"}},
	}
	list = must[app.TransferList](t)(a.Transfers.SetLimits(limits))
	if diff := cmp.Diff(limits, list.Limits); diff != "" {
		t.Errorf("the limits: %s", diff)
	}
	for _, span := range []app.Span{{From: "9", To: "18:00"}, {From: "09:00", To: "25:00"}, {From: "09:00", To: "09:00"}, {From: "09:00", To: "10:00", Up: 5}} {
		if _, err := a.Transfers.SetLimits(app.Limits{Parallel: 2, Schedule: []app.Span{span}}); err == nil {
			t.Errorf("a limit at %+v", span)
		}
	}
	if _, err := a.Transfers.SetLimits(app.Limits{Up: 5}); err == nil {
		t.Error("a limit of 5 bytes a second")
	}
	if list = must[app.TransferList](t)(a.Transfers.Resume("", "")); list.Paused || len(list.PausedOrders) > 0 {
		t.Errorf("still paused: %+v", list)
	}
}
