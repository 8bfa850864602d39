//go:build !windows

package watch

import "github.com/fsnotify/fsnotify"

// events tell of single folders, which are added one by one.
type events = fsnotify.Watcher

// watchEvents tells of no folder yet.
func watchEvents(string) (*events, error) { return fsnotify.NewWatcher() }
