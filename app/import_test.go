package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handover/app"
)

// chooser is a window whose seller chooses these files.
type chooser struct {
	window
	paths []string
}

func (c *chooser) OpenFiles() ([]string, error) { return c.paths, nil }

const orders = "title;client_name;client_email;due;price\n" +
	"=cmd|' /C calc'!A0;Café Süd;sued@example.org;27.11.2031 18:00;1.480,00 €\n" +
	"Poster;Kim;kim@example.org;28.11.2031;\n"

func TestImport(t *testing.T) {
	dir := t.TempDir()
	w := &chooser{window: window{dir: dir}}
	a := tryOut(t, w)
	choose := func(content string) (app.ImportPreview, error) {
		path := filepath.Join(t.TempDir(), "orders.csv")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		w.paths = []string{path}
		return a.Orders.ChooseImport("Europe/Berlin")
	}
	before := len(must[app.OrderList](t)(a.Orders.List(0)).Orders)

	found := must[app.ImportPreview](t)(choose(orders))
	want := app.ImportOrder{
		Line: 2, Title: "=cmd|' /C calc'!A0", Buyer: "Café Süd", Email: "sued@example.org", DueAt: "2031-11-27T17:00:00Z", Price: "1480.00", Currency: "EUR",
	}
	if found.ID == "" || found.Name != "orders.csv" || found.Count != 2 || found.Wrong != 0 || found.Orders[0] != want {
		t.Fatalf("found %+v", found)
	}
	if _, err := a.Orders.SaveImport(found.ID); err == nil {
		t.Error("links before anything was placed")
	}
	// The previewed orders are placed, although the file has changed.
	if err := os.WriteFile(w.paths[0], []byte("title\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	placed := must[app.PlacedImport](t)(a.Orders.PlaceImport(found.ID))
	if len(placed.Orders) != 2 || placed.Before || placed.Orders[1].URL == "" {
		t.Fatalf("placed %+v", placed)
	}
	links := must[string](t)(a.Orders.SaveImport(found.ID))
	raw, err := os.ReadFile(links)
	if err != nil || !strings.Contains(string(raw), placed.Orders[1].URL) || strings.Contains(string(raw), ",=cmd") {
		t.Errorf("the links: %s, %v", raw, err)
	}

	// A second press, or choosing the same file again, places nothing twice.
	again := must[app.PlacedImport](t)(a.Orders.PlaceImport(found.ID))
	same := must[app.ImportPreview](t)(choose(orders))
	third := must[app.PlacedImport](t)(a.Orders.PlaceImport(same.ID))
	if again.Orders[0].ID != placed.Orders[0].ID || third.Orders[1].URL != placed.Orders[1].URL {
		t.Errorf("placed again: %+v, %+v", again, third)
	}
	for _, o := range placed.Orders {
		if page := must[app.OrderPage](t)(a.Orders.Order(o.ID)); page.Order.Title != o.Title {
			t.Errorf("the order is %+v", page.Order)
		}
	}
	if _, err := a.Orders.PlaceImport(found.ID); err == nil {
		t.Error("placed a file that was chosen before another")
	}

	// Errors name their line, and the file cannot be placed.
	wrong := must[app.ImportPreview](t)(choose(orders + ";;;;x\nA;B;c;29.11.2031;\n"))
	if wrong.ID != "" || wrong.Wrong < 2 || wrong.Errors[0].Line != 4 || wrong.Errors[0].Code != "wrong_value" || wrong.Errors[0].Message == "" {
		t.Errorf("found %+v", wrong)
	}
	for name, content := range map[string]string{
		"empty": "", "no columns": "a,b\n1,2\n", "no text": "\x00\x01\xff\xfe\x81", "a picture": "\x89PNG\r\n\x1a\n\x00",
	} {
		if found, err := choose(content); err != nil || found.Wrong == 0 || found.ID != "" {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
	}
	if list := must[app.OrderList](t)(a.Orders.List(0)); before == 0 {
		t.Errorf("the list is %+v", list)
	}
}

func TestImportOfWhatIsNoFileOfOrders(t *testing.T) {
	w := &chooser{}
	a := tryOut(t, w)
	if none := must[app.ImportPreview](t)(a.Orders.ChooseImport("Europe/Berlin")); none.ID != "" || none.Name != "" {
		t.Errorf("cancelled: %+v", none)
	}
	huge := filepath.Join(t.TempDir(), "huge.csv")
	file, err := os.Create(huge)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Truncate(50 << 30); err != nil { // sparse; must not be read
		t.Fatal(err)
	}
	file.Close()
	for name, paths := range map[string][]string{
		"huge": {huge}, "a folder": {t.TempDir()}, "gone": {filepath.Join(t.TempDir(), "gone.csv")}, "two": {huge, huge}, "a device": {"/dev/zero"},
	} {
		w.paths = paths
		if found, err := a.Orders.ChooseImport("Europe/Berlin"); err == nil {
			t.Errorf("%s: %+v", name, found)
		}
	}
	if _, err := a.Orders.PlaceImport(""); err == nil {
		t.Error("placed no file")
	}
}
