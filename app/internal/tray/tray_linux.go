package tray

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

const (
	itemPath  = dbus.ObjectPath("/StatusNotifierItem")
	menuPath  = dbus.ObjectPath("/StatusNotifierItem/Menu")
	itemFace  = "org.kde.StatusNotifierItem"
	menuFace  = "com.canonical.dbusmenu"
	watcher   = "org.kde.StatusNotifierWatcher"
	watchPath = dbus.ObjectPath("/StatusNotifierWatcher")
	// patience is how long the desktop may take to answer.
	patience = 2 * time.Second
)

// Tray is an icon on one desktop session.
type Tray struct {
	bus   *dbus.Conn
	name  string // the icon's name on the bus
	props *prop.Properties
	menu  *menu
	heard sync.WaitGroup
}

// Show shows the icon as soon as the desktop has a tray, also if the tray appears later or
// restarts. pressed receives the keys of clicked items.
func Show(look Look, pressed func(key string)) (*Tray, error) {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return nil, err
	}
	t := &Tray{bus: bus, name: fmt.Sprintf("%s-%d-1", itemFace, os.Getpid()), menu: newMenu(bus, pressed)}
	if err := t.export(look, pressed); err != nil {
		return nil, errors.Join(err, bus.Close())
	}
	signals := make(chan *dbus.Signal, 16)
	bus.Signal(signals)
	t.heard.Go(func() {
		for s := range signals { // closed with the bus
			if s.Name == "org.freedesktop.DBus.NameOwnerChanged" && len(s.Body) == 3 && s.Body[0] == watcher && s.Body[2] != "" {
				t.register()
			}
		}
	})
	t.register()
	return t, nil
}

func (t *Tray) export(look Look, pressed func(string)) error {
	constant := func(v any) *prop.Prop { return &prop.Prop{Value: v, Emit: prop.EmitConst} }
	changing := func(v any) *prop.Prop { return &prop.Prop{Value: v, Emit: prop.EmitTrue} }
	var err error
	t.props, err = prop.Export(t.bus, itemPath, prop.Map{itemFace: {
		"Category": constant("ApplicationStatus"), "Id": constant("handover"), "Title": constant("Handover"), "WindowId": constant(int32(0)),
		"ItemIsMenu": constant(false), "Menu": constant(menuPath), "IconName": constant(""), "AttentionIconName": constant(""), "OverlayIconName": constant(""),
		"Status": changing(status(look.State)), "IconPixmap": changing(symbol(look.State)), "AttentionIconPixmap": changing(symbol(look.State)),
		"ToolTip": changing(tip(look.Text)),
	}})
	if err != nil {
		return err
	}
	t.menu.set(look.Items)
	if err := t.menu.export(); err != nil {
		return err
	}
	if err := t.bus.Export(clicks{pressed}, itemPath, itemFace); err != nil {
		return err
	}
	if err := t.bus.AddMatchSignal(dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcher)); err != nil {
		return err
	}
	_, err = t.bus.RequestName(t.name, dbus.NameFlagDoNotQueue)
	return err
}

// register asks the desktop to show the icon. Without a tray the call fails.
func (t *Tray) register() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = t.bus.Object(watcher, watchPath).CallWithContext(ctx, watcher+".RegisterStatusNotifierItem", dbus.FlagNoAutoStart, t.name).Err
}

// Hosted reports whether the desktop shows the icon now.
func (t *Tray) Hosted() bool {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var hosted dbus.Variant
	err := t.bus.Object(watcher, watchPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart,
		watcher, "IsStatusNotifierHostRegistered").Store(&hosted)
	yes, ok := hosted.Value().(bool)
	return err == nil && ok && yes
}

// Set changes the appearance. It only sends what has changed.
func (t *Tray) Set(look Look) error {
	changes := []struct {
		name, signal string
		value        any
		changed      bool
	}{
		{"Status", "NewStatus", status(look.State), t.props.GetMust(itemFace, "Status") != status(look.State)},
		{"IconPixmap", "NewIcon", symbol(look.State), true},
		{"AttentionIconPixmap", "NewAttentionIcon", symbol(look.State), true},
		{"ToolTip", "NewToolTip", tip(look.Text), true},
	}
	for _, c := range changes {
		if !c.changed {
			continue
		}
		t.props.SetMust(itemFace, c.name, c.value)
		var body []any
		if c.name == "Status" {
			body = []any{c.value}
		}
		if err := t.bus.Emit(itemPath, itemFace+"."+c.signal, body...); err != nil {
			return err
		}
	}
	if t.menu.set(look.Items) {
		return t.menu.tell()
	}
	return nil
}

// Close removes the icon.
func (t *Tray) Close() error {
	err := t.bus.Close()
	t.heard.Wait()
	return err
}

// status returns the specification's status for a state.
func status(s State) string {
	if s == Problem {
		return "NeedsAttention"
	}
	return "Active"
}

// tooltip is a tooltip in the specification's format.
type tooltip struct {
	Icon  string
	Icons []pixmap
	Title string
	Text  string
}

func tip(text string) tooltip { return tooltip{Icons: []pixmap{}, Title: "Handover", Text: text} }

// clicks handles clicks on the icon.
type clicks struct{ pressed func(string) }

// Activate handles a click with the main button.
func (c clicks) Activate(_, _ int32) *dbus.Error { c.pressed(Open); return nil }

// SecondaryActivate handles a click with another button.
func (c clicks) SecondaryActivate(_, _ int32) *dbus.Error { c.pressed(Open); return nil }

// ContextMenu is called by desktops that cannot show menus themselves.
func (c clicks) ContextMenu(_, _ int32) *dbus.Error { c.pressed(Open); return nil }

// Scroll does nothing.
func (clicks) Scroll(int32, string) *dbus.Error { return nil }
