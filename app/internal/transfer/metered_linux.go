package transfer

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// systemMetered asks NetworkManager whether the network is metered. It returns false if
// NetworkManager is not running.
func systemMetered(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	bus, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return false
	}
	defer bus.Close()
	var value dbus.Variant
	manager := bus.Object("org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager")
	err = manager.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart,
		"org.freedesktop.NetworkManager", "Metered").Store(&value)
	metered, ok := value.Value().(uint32)
	return err == nil && ok && (metered == 1 || metered == 3) // 1: yes; 3: probably yes
}
