package shell

import (
	"handover/app/internal/notification"
	"handover/app/internal/tray"
	"handover/app/internal/windowstate"
)

// Window is the program's window and the desktop services that it opens.
type Window interface {
	// Emit sends an event to the page.
	Emit(event string, data ...any)
	Frame
	Desktop
}

// Frame is the window as the system shows it.
type Frame interface {
	// Show brings the window to the front.
	Show()
	Hide()
	// Quit closes the window for good, unless BeforeClose prevents it.
	Quit()
	// Place returns the window's place and the screens of the desktop.
	Place() windowstate.Place
	// Move moves the window's corner to a position on its screen.
	Move(x, y int)
}

// Desktop opens the services around the window.
type Desktop interface {
	// Notifier connects to the notification service. clicked gets the key of each
	// notification that the seller clicks.
	Notifier(clicked func(key string)) (Notifier, error)
	// Tray shows the tray icon. pressed gets the key of each menu item that the
	// seller clicks.
	Tray(look tray.Look, pressed func(key string)) (Tray, error)
	// KeepAwake keeps the computer awake until release is called.
	KeepAwake(why string) (release func(), err error)
}

// Notifier shows notifications on the seller's desktop.
type Notifier interface {
	Show(n notification.Popup) error
	Close() error
}

// Tray is the program's icon in the system tray.
type Tray interface {
	Set(look tray.Look) error
	// Hosted reports whether the desktop shows the icon now.
	Hosted() bool
	Close() error
}
