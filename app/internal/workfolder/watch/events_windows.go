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

// events reports all changes below a folder through one handle. fsnotify opens each
// folder, and Windows refuses to rename a folder while a subfolder is open.
type events struct {
	Events chan fsnotify.Event // closed by Close
	Errors chan error          // closed by Close; no events follow an error

	root    string
	node    dirid.ID
	folder  windows.Handle
	buffer  *[64 << 10]byte // the limit for network drives
	pending *windows.Overlapped
	closing windows.Handle
	ended   chan struct{}
}

// rootEvery is how often the root's existence is checked, in milliseconds. Windows
// does not report a rename of the root.
const rootEvery = 5000

// watchEvents starts watching root and everything below it.
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
	for _, h := range []windows.Handle{w.folder, w.pending.HEvent, w.closing} { // after an error some are zero
		if h != 0 {
			windows.CloseHandle(h) //nolint:errcheck // opened for reading only
		}
	}
}

// Add does nothing: everything below the root is watched already.
func (*events) Add(string) error { return nil }

// Remove does nothing.
func (*events) Remove(string) error { return nil }

// Close stops watching and closes the channels. Keep reading them until then.
func (w *events) Close() error {
	if err := windows.SetEvent(w.closing); err != nil {
		return err
	}
	<-w.ended
	w.release()
	return nil
}

// ask starts the next asynchronous read. Windows buffers the changes between two
// reads.
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
		err := w.forward()
		if errors.Is(err, fs.ErrClosed) {
			return
		}
		if err != nil {
			w.Errors <- err
			return
		}
	}
}

// forward sends the events of one read and starts the next.
func (w *events) forward() error {
	size, err := w.answer()
	if err != nil {
		return err
	}
	if size == 0 {
		return fsnotify.ErrEventOverflow
	}
	w.send(w.buffer[:size])
	return w.ask()
}

// answer waits for the pending read and returns its size, or fs.ErrClosed after
// Close. No read is pending when it returns.
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
		// Windows writes to the buffer until the read is cancelled.
		if windows.CancelIoEx(w.folder, w.pending) == nil {
			windows.GetOverlappedResult(w.folder, w.pending, &size, true) //nolint:errcheck // the read was cancelled
		}
		return 0, err
	}
}

// send sends the events of one read.
func (w *events) send(answer []byte) {
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
