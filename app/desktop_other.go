//go:build !linux

package app

import (
	"crypto/rand"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"handover/app/internal/notification"
)

// wailsPopups are shown by Wails: toasts on Windows, and on macOS, where the
// program is a signed bundle, the notification centre.
type wailsPopups struct{ w WailsWindow }

// keyData is where a note keeps its key.
const keyData = "key"

// Popups implements [Desktop].
func (w WailsWindow) Popups(chosen func(key string)) (Popups, error) {
	if err := runtime.InitializeNotifications(w.ctx); err != nil {
		return nil, err
	}
	if _, err := runtime.RequestNotificationAuthorization(w.ctx); err != nil {
		return nil, err
	}
	runtime.OnNotificationResponse(w.ctx, func(r runtime.NotificationResult) {
		if key, ok := r.Response.UserInfo[keyData].(string); ok && r.Error == nil {
			chosen(key)
		}
	})
	return wailsPopups{w}, nil
}

func (p wailsPopups) Show(n notification.Popup) error {
	return runtime.SendNotification(p.w.ctx, runtime.NotificationOptions{
		ID: rand.Text(), Title: n.Title, Body: n.Body, Data: map[string]any{keyData: n.Key},
	})
}

func (p wailsPopups) Close() error {
	runtime.CleanupNotifications(p.w.ctx)
	return nil
}
