//go:build !windows

package watch

import "github.com/fsnotify/fsnotify"

// events reports changes in single folders; Add adds a folder.
type events = fsnotify.Watcher

// watchEvents returns events with no folder yet.
func watchEvents(string) (*events, error) { return fsnotify.NewWatcher() }
