package tray

import (
	"slices"
	"sync"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// menu is the icon's menu as the desktop reads it. Its items have the IDs from 1; 0 is the
// menu itself.
type menu struct {
	bus     *dbus.Conn
	pressed func(key string)

	mu       sync.Mutex
	items    []Item
	revision uint32
}

func newMenu(bus *dbus.Conn, pressed func(string)) *menu {
	return &menu{bus: bus, pressed: pressed, revision: 1}
}

// node is an item with its subitems.
type node struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

// line is an item without its subitems.
type line struct {
	ID    int32
	Props map[string]dbus.Variant
}

// event is a user's action on an item.
type event struct {
	ID   int32
	Kind string
	Data dbus.Variant
	Time uint32
}

// set replaces the items and reports whether they have changed.
func (m *menu) set(items []Item) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.Equal(m.items, items) {
		return false
	}
	m.items = slices.Clone(items)
	m.revision++
	return true
}

// tell asks the desktop to read the menu again.
func (m *menu) tell() error {
	m.mu.Lock()
	revision := m.revision
	m.mu.Unlock()
	return m.bus.Emit(menuPath, menuFace+".LayoutUpdated", revision, int32(0))
}

func (m *menu) export() error {
	constant := func(v any) *prop.Prop { return &prop.Prop{Value: v, Emit: prop.EmitConst} }
	_, err := prop.Export(m.bus, menuPath, prop.Map{menuFace: {
		"Version": constant(uint32(3)), "TextDirection": constant("ltr"), "Status": constant("normal"), "IconThemePath": constant([]string{}),
	}})
	if err != nil {
		return err
	}
	return m.bus.Export(answers{m}, menuPath, menuFace)
}

// node returns an item; the caller holds the lock.
func (m *menu) node(id int32) (node, bool) {
	n := node{ID: id, Props: map[string]dbus.Variant{}, Children: []dbus.Variant{}}
	if id == 0 {
		n.Props["children-display"] = dbus.MakeVariant("submenu")
		for i := range m.items {
			child, _ := m.node(int32(i) + 1)
			n.Children = append(n.Children, dbus.MakeVariant(child))
		}
		return n, true
	}
	if id < 0 || int(id) > len(m.items) {
		return node{}, false
	}
	if item := m.items[id-1]; item == (Item{}) {
		n.Props["type"] = dbus.MakeVariant("separator")
	} else {
		n.Props["label"] = dbus.MakeVariant(item.Label)
	}
	return n, true
}

// answers implements the menu's D-Bus interface.
type answers struct{ m *menu }

var errNoLine = dbus.NewError("com.canonical.dbusmenu.UnknownId", []any{"there is no such line"})

// GetLayout returns an item with its subitems.
func (a answers) GetLayout(id, _ int32, _ []string) (uint32, node, *dbus.Error) {
	a.m.mu.Lock()
	defer a.m.mu.Unlock()
	n, ok := a.m.node(id)
	if !ok {
		return 0, node{}, errNoLine
	}
	return a.m.revision, n, nil
}

// GetGroupProperties returns the properties of several items, or of all if no ID is given.
func (a answers) GetGroupProperties(ids []int32, _ []string) ([]line, *dbus.Error) {
	a.m.mu.Lock()
	defer a.m.mu.Unlock()
	if len(ids) == 0 {
		for i := range len(a.m.items) + 1 {
			ids = append(ids, int32(i))
		}
	}
	lines := []line{}
	for _, id := range ids {
		if n, ok := a.m.node(id); ok {
			lines = append(lines, line{n.ID, n.Props})
		}
	}
	return lines, nil
}

// GetProperty returns one property of an item.
func (a answers) GetProperty(id int32, name string) (dbus.Variant, *dbus.Error) {
	a.m.mu.Lock()
	defer a.m.mu.Unlock()
	n, _ := a.m.node(id)
	if v, ok := n.Props[name]; ok {
		return v, nil
	}
	return dbus.Variant{}, errNoLine
}

// Event handles a click.
func (a answers) Event(id int32, kind string, _ dbus.Variant, _ uint32) *dbus.Error {
	if kind != "clicked" {
		return nil
	}
	a.m.mu.Lock()
	if id < 1 || int(id) > len(a.m.items) {
		a.m.mu.Unlock()
		return errNoLine
	}
	key := a.m.items[id-1].Key
	a.m.mu.Unlock()
	if key != "" {
		a.m.pressed(key)
	}
	return nil
}

// EventGroup handles several clicks, and returns the unknown IDs.
func (a answers) EventGroup(events []event) ([]int32, *dbus.Error) {
	unknown := []int32{}
	for _, e := range events {
		if a.Event(e.ID, e.Kind, e.Data, e.Time) != nil {
			unknown = append(unknown, e.ID)
		}
	}
	return unknown, nil
}

// AboutToShow returns that the menu is up to date.
func (answers) AboutToShow(int32) (bool, *dbus.Error) { return false, nil }

// AboutToShowGroup is AboutToShow for several items.
func (answers) AboutToShowGroup([]int32) (update, unknown []int32, err *dbus.Error) {
	return []int32{}, []int32{}, nil
}
