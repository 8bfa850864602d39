//go:build !linux

package app

import (
	"crypto/rand"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"handover/app/internal/notification"
	"handover/app/internal/shell"
)

// wailsNotifier shows notifications through Wails: toasts on Windows, and the
// notification centre on macOS, where the program is a signed bundle.
type wailsNotifier struct{ w WailsWindow }

// keyData names the entry of a notification's data that holds its key.
const keyData = "key"

// Notifier implements [shell.Desktop].
func (w WailsWindow) Notifier(clicked func(key string)) (shell.Notifier, error) {
	if err := runtime.InitializeNotifications(w.ctx); err != nil {
		return nil, err
	}
	if _, err := runtime.RequestNotificationAuthorization(w.ctx); err != nil {
		return nil, err
	}
	runtime.OnNotificationResponse(w.ctx, func(r runtime.NotificationResult) {
		if key, ok := r.Response.UserInfo[keyData].(string); ok && r.Error == nil {
			clicked(key)
		}
	})
	return wailsNotifier{w}, nil
}

func (p wailsNotifier) Show(n notification.Popup) error {
	return runtime.SendNotification(p.w.ctx, runtime.NotificationOptions{
		ID: rand.Text(), Title: n.Title, Body: n.Body, Data: map[string]any{keyData: n.Key},
	})
}

func (p wailsNotifier) Close() error {
	runtime.CleanupNotifications(p.w.ctx)
	return nil
}
