package tray_test

import (
	"slices"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
	"go.uber.org/goleak"

	"handover/app/internal/bustest"
	"handover/app/internal/tray"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const watcher = "org.kde.StatusNotifierWatcher"

// desktop is one that has a place for symbols.
type desktop struct {
	bus        *dbus.Conn
	registered chan string
}

func (d *desktop) RegisterStatusNotifierItem(name string) *dbus.Error {
	d.registered <- name
	return nil
}

// appear makes the place; hosted says whether it can be seen.
func (d *desktop) appear(t *testing.T, hosted bool) {
	t.Helper()
	if err := d.bus.Export(d, "/StatusNotifierWatcher", watcher); err != nil {
		t.Fatal(err)
	}
	_, err := prop.Export(d.bus, "/StatusNotifierWatcher", prop.Map{watcher: {"IsStatusNotifierHostRegistered": {Value: hosted}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.bus.RequestName(watcher, 0); err != nil {
		t.Fatal(err)
	}
}

var items = []tray.Item{{Key: "open", Label: "Open Handover"}, {}, {Key: "quit", Label: "Quit"}}

func show(t *testing.T) (*tray.Tray, chan string) {
	t.Helper()
	pressed := make(chan string, 10)
	shown, err := tray.Show(tray.Look{State: tray.Idle, Text: "All is uploaded", Items: items}, func(key string) { pressed <- key })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shown.Close() })
	return shown, pressed
}

// layout is the menu as the desktop reads it.
type layout struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

func labels(t *testing.T, symbol dbus.BusObject) (list []string) {
	t.Helper()
	var revision uint32
	var top layout
	if err := menu(symbol).Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &top); err != nil {
		t.Fatal(err)
	}
	for _, child := range top.Children {
		var n layout
		if err := dbus.Store([]any{child.Value()}, &n); err != nil {
			t.Fatal(err)
		}
		label, _ := n.Props["label"].Value().(string)
		list = append(list, label)
	}
	return list
}

func menu(symbol dbus.BusObject) dbus.BusObject {
	return bus.Object(symbol.Destination(), "/StatusNotifierItem/Menu")
}

var bus *dbus.Conn // of the test that runs; none runs in parallel

func TestTray(t *testing.T) {
	bus = bustest.Start(t)
	d := &desktop{bus: bus, registered: make(chan string, 10)}
	d.appear(t, true)
	shown, pressed := show(t)
	symbol := bus.Object(<-d.registered, "/StatusNotifierItem")
	if !shown.Hosted() {
		t.Error("the desktop shows it, and it does not know")
	}
	get := func(name string) any {
		t.Helper()
		v, err := symbol.GetProperty("org.kde.StatusNotifierItem." + name)
		if err != nil {
			t.Fatal(err)
		}
		return v.Value()
	}
	if got := labels(t, symbol); !slices.Equal(got, []string{"Open Handover", "", "Quit"}) {
		t.Errorf("the menu is %q", got)
	}
	idle := get("IconPixmap").([][]any)
	if get("Status") != "Active" || len(idle) != 1 || len(idle[0][2].([]byte)) != 48*48*4 {
		t.Errorf("%v with %d pictures", get("Status"), len(idle))
	}

	if err := symbol.Call("org.kde.StatusNotifierItem.Activate", 0, int32(1), int32(2)).Err; err != nil || <-pressed != tray.Open {
		t.Errorf("a click on the symbol: %v", err)
	}
	click := func(id int32) error {
		return menu(symbol).Call("com.canonical.dbusmenu.Event", 0, id, "clicked", dbus.MakeVariant(""), uint32(0)).Err
	}
	if err := click(3); err != nil || <-pressed != "quit" {
		t.Errorf("a click on the last line: %v", err)
	}
	for _, id := range []int32{-1, 0, 4} {
		if click(id) == nil {
			t.Errorf("there is no line %d to click on", id)
		}
	}
	if err := click(2); err != nil || len(pressed) > 0 {
		t.Errorf("a click on what parts lines: %v", err)
	}

	changed := append(slices.Clone(items[:2]), tray.Item{Key: "resume", Label: "Resume"})
	if err := shown.Set(tray.Look{State: tray.Problem, Text: "A file has a problem", Items: changed}); err != nil {
		t.Fatal(err)
	}
	if got := labels(t, symbol); got[2] != "Resume" || get("Status") != "NeedsAttention" {
		t.Errorf("changed to %q, %v", got, get("Status"))
	}
	if slices.Equal(get("IconPixmap").([][]any)[0][2].([]byte), idle[0][2].([]byte)) {
		t.Error("the picture is the same")
	}
	if tip := get("ToolTip").([]any); tip[3] != "A file has a problem" {
		t.Errorf("the tip is %v", tip)
	}
}

// The desktop's bar may come later than the program, and again after a crash.
func TestDesktopComesLater(t *testing.T) {
	bus = bustest.Start(t)
	shown, _ := show(t)
	if shown.Hosted() {
		t.Error("shown without a desktop")
	}
	d := &desktop{bus: bus, registered: make(chan string, 10)}
	d.appear(t, false)
	<-d.registered
	if shown.Hosted() {
		t.Error("shown by a desktop without a bar")
	}
	if _, err := bus.ReleaseName(watcher); err != nil {
		t.Fatal(err)
	}
	d.appear(t, true)
	<-d.registered
	if !shown.Hosted() {
		t.Error("not shown by the new bar")
	}
}

func TestNoBus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	if shown, err := tray.Show(tray.Look{}, func(string) {}); err == nil {
		shown.Close()
		t.Error("shown nowhere")
	}
}
