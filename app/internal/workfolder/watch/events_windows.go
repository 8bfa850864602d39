package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"unsafe"

	"github.com/fsnotify/fsnotify"
	"golang.org/x/sys/windows"

	"handover/app/internal/workfolder/dirid"
)

// events tell of everything in a folder at once. fsnotify opens each folder by
// itself, and Windows renames no folder that has an open one in it: the seller
// could rename nothing while Handover runs.
type events struct {
	Events chan fsnotify.Event // closed at the end
	Errors chan error          // likewise; after an error nothing is told any more

	root    string
	node    dirid.ID
	folder  windows.Handle
	buffer  *[64 << 10]byte // more is not allowed on other computers' drives
	pending *windows.Overlapped
	closing windows.Handle
	ended   chan struct{}
}

// rootEvery is how often it is looked whether the folder still has its name, in
// milliseconds: Windows does not tell.
const rootEvery = 5000

// watchEvents tells what happens in root from now on.
func watchEvents(root string) (_ *events, err error) {
	w := &events{
		Events: make(chan fsnotify.Event), Errors: make(chan error),
		root: root, buffer: new([64 << 10]byte), pending: new(windows.Overlapped), ended: make(chan struct{}),
	}
	defer func() {
		if err != nil {
			w.release()
			err = fmt.Errorf("watch %s: %w", root, err)
		}
	}()
	if w.node, err = dirid.Of(root); err != nil {
		return nil, err
	}
	name, err := windows.UTF16PtrFromString(root)
	if err != nil {
		return nil, err
	}
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	w.folder, err = windows.CreateFile(name, windows.FILE_LIST_DIRECTORY, share, nil, windows.OPEN_EXISTING,
		windows.FILE_FLAG_BACKUP_SEMANTICS|windows.FILE_FLAG_OVERLAPPED, 0)
	if err != nil {
		w.folder = 0
		return nil, err
	}
	if w.pending.HEvent, err = windows.CreateEvent(nil, 1, 0, nil); err != nil {
		return nil, err
	}
	if w.closing, err = windows.CreateEvent(nil, 1, 0, nil); err != nil {
		return nil, err
	}
	if err = w.ask(); err != nil {
		return nil, err
	}
	go w.run()
	return w, nil
}

func (w *events) release() {
	for _, h := range []windows.Handle{w.folder, w.pending.HEvent, w.closing} { // some are missing after an error
		if h != 0 {
			windows.CloseHandle(h) //nolint:errcheck // it was only asked
		}
	}
}

// Add has nothing to do: all of the work folder is told of.
func (*events) Add(string) error { return nil }

// Remove has nothing to do.
func (*events) Remove(string) error { return nil }

// Close ends it, and the channels with it. They are read until then.
func (w *events) Close() error {
	if err := windows.SetEvent(w.closing); err != nil {
		return err
	}
	<-w.ended
	w.release()
	return nil
}

// ask has Windows note what happens next. What happens between two answers is
// kept by Windows.
func (w *events) ask() error {
	const mask = windows.FILE_NOTIFY_CHANGE_FILE_NAME | windows.FILE_NOTIFY_CHANGE_DIR_NAME | windows.FILE_NOTIFY_CHANGE_SIZE |
		windows.FILE_NOTIFY_CHANGE_LAST_WRITE | windows.FILE_NOTIFY_CHANGE_ATTRIBUTES
	return windows.ReadDirectoryChanges(w.folder, &w.buffer[0], uint32(len(w.buffer)), true, mask, nil, w.pending, 0)
}

func (w *events) run() {
	defer close(w.ended)
	defer close(w.Events)
	defer close(w.Errors)
	for {
		size, err := w.answer()
		if errors.Is(err, fs.ErrClosed) {
			return
		}
		if err == nil && size == 0 {
			err = fsnotify.ErrEventOverflow
		}
		if err == nil {
			w.tell(w.buffer[:size])
			err = w.ask()
		}
		if err != nil {
			w.Errors <- err
			return
		}
	}
}

// answer waits for what Windows noted, and returns its size; fs.ErrClosed after
// Close. Nothing is pending any more when it returns.
func (w *events) answer() (size uint32, err error) {
	for {
		what, err := windows.WaitForMultipleObjects([]windows.Handle{w.closing, w.pending.HEvent}, false, rootEvery)
		switch {
		case err != nil:
		case what == windows.WAIT_OBJECT_0:
			err = fs.ErrClosed
		case what == uint32(windows.WAIT_TIMEOUT):
			if now, gone := dirid.Of(w.root); gone == nil && now == w.node {
				continue
			}
			err = fs.ErrNotExist
		default:
			return size, windows.GetOverlappedResult(w.folder, w.pending, &size, false)
		}
		// Windows writes to the buffer until it has been told.
		if windows.CancelIoEx(w.folder, w.pending) == nil {
			windows.GetOverlappedResult(w.folder, w.pending, &size, true) //nolint:errcheck // it was cancelled
		}
		return 0, err
	}
}

// tell sends what is in an answer.
func (w *events) tell(answer []byte) {
	operations := map[uint32]fsnotify.Op{
		windows.FILE_ACTION_ADDED: fsnotify.Create, windows.FILE_ACTION_REMOVED: fsnotify.Remove, windows.FILE_ACTION_MODIFIED: fsnotify.Write,
		windows.FILE_ACTION_RENAMED_OLD_NAME: fsnotify.Rename, windows.FILE_ACTION_RENAMED_NEW_NAME: fsnotify.Create,
	}
	for {
		note := (*windows.FileNotifyInformation)(unsafe.Pointer(&answer[0]))
		name := windows.UTF16ToString(unsafe.Slice(&note.FileName, note.FileNameLength/2))
		w.Events <- fsnotify.Event{Name: filepath.Join(w.root, name), Op: operations[note.Action]}
		if note.NextEntryOffset == 0 {
			return
		}
		answer = answer[note.NextEntryOffset:]
	}
}
