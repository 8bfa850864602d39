package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"handover/app/internal/content"
	"handover/app/internal/draft"
	"handover/app/internal/transfer"
	"handover/app/internal/tus"
	"handover/backend/api"
	"handover/backend/order"
)

// Refused is a path that was not attached, and why.
type Refused struct {
	Path string
	Err  *Error
}

// Attach adds files, and folders with all that is in them, to the order's
// draft. What cannot be attached is returned as refused; the rest is attached
// nonetheless. A name that the draft has already from elsewhere gets a number.
func (d *Desk) Attach(ctx context.Context, id string, paths []string) (draft.Draft, []Refused, error) {
	if err := d.requireOpen(ctx, id); err != nil {
		return draft.Draft{}, nil, err
	}
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return dr, nil, err
	}
	c := collector{taken: map[string]draft.File{}, limit: d.fileLimit()}
	for _, f := range dr.Files {
		c.taken[f.Path] = f
	}
	for _, p := range paths {
		c.add(p)
	}
	if len(c.taken) > order.MaxFiles {
		return dr, nil, tooManyFiles()
	}
	if len(c.files) == 0 {
		return dr, c.refused, nil
	}
	if dr, err = d.drafts.PutFiles(id, c.files); err != nil {
		return dr, nil, err
	}
	if d.options.Background {
		d.enqueue(id, c.files...)
	}
	_, err = d.changed(dr, nil)
	return dr, c.refused, err
}

// dueAt is when the order is due, as last told; zero when that is not known.
func (d *Desk) dueAt(id string) time.Time {
	o, _, err := d.drafts.CachedOrder(id)
	if err != nil {
		d.options.Log.Warn("a due date cannot be read", "order", id, "error", err)
	}
	return o.DueAt
}

// enqueue has files of the order's draft uploaded.
func (d *Desk) enqueue(id string, files ...draft.File) {
	if len(files) == 0 {
		return
	}
	due := d.dueAt(id)
	for _, f := range files {
		d.queue.Add(transfer.Item{Group: id, Name: f.Path}, f.Size, due)
	}
}

// requireDeliverable refuses orders that are unknown or cannot be delivered, as
// the server says now.
func (d *Desk) requireDeliverable(ctx context.Context, id string) error {
	o, _, _, err := d.Order(ctx, id)
	if err != nil {
		return err
	}
	return allowsDelivery(o)
}

// requireOpen is requireDeliverable for changes of a draft, which do not wait
// for the network. Delivering asks the server.
func (d *Desk) requireOpen(ctx context.Context, id string) error {
	o, _, _, err := d.LastKnown(ctx, id)
	if err != nil {
		return err
	}
	return allowsDelivery(o)
}

func allowsDelivery(o api.Order) error {
	if !slices.Contains(o.Allowed, order.Deliver) {
		return &order.Error{Code: order.Conflict, Message: fmt.Sprintf("the order is %s; nothing can be delivered any more", o.Status)}
	}
	return nil
}

func tooManyFiles() error {
	return &Error{Code: codeTooMany, Message: fmt.Sprintf("a delivery has at most %d files; pack them into an archive", order.MaxFiles)}
}

// fileLimit is the server's limit for one file; none while it is not known.
func (d *Desk) fileLimit() int64 {
	if s, _ := d.Session(); s.MaxFileSize > 0 {
		return s.MaxFileSize
	}
	return 1<<63 - 1
}

// collector gathers files for a draft.
type collector struct {
	taken   map[string]draft.File // by path, what the draft will have
	limit   int64                 // bytes
	files   []draft.File
	refused []Refused
}

// add takes a file, or a folder with all that is in it.
func (c *collector) add(source string) {
	if source == "" {
		// Often a variable that is not set; it would mean the whole current folder.
		c.refuse(source, &order.Error{Code: order.Invalid, Field: "path", Message: "the path is empty"})
		return
	}
	source, err := filepath.Abs(source)
	if err != nil {
		c.refuse(source, err)
		return
	}
	info, err := os.Stat(source)
	switch {
	case err != nil && c.addPlaceholder(source, filepath.Base(source)):
	case err != nil:
		c.refuse(source, fmt.Errorf("%w: %w", tus.ErrSource, err))
	case info.IsDir():
		c.addFolder(source)
	default:
		c.addFile(source, filepath.Base(source))
	}
}

func (c *collector) addFolder(folder string) {
	parent := filepath.Dir(folder)
	err := filepath.WalkDir(folder, func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			c.refuse(p, fmt.Errorf("%w: %w", tus.ErrSource, err))
		case e.IsDir() || isSystemFile(e.Name()):
		case e.Type()&fs.ModeSymlink != 0:
			// It may lead anywhere, also to what was not meant to be sent.
			c.refuse(p, errors.New("a link to another file; attach that file itself"))
		default:
			rel, err := filepath.Rel(parent, p)
			if err != nil {
				return err
			}
			c.addFile(p, filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		c.refuse(folder, err)
	}
}

// isSystemFile names what file managers leave in folders.
func isSystemFile(name string) bool {
	return name == ".DS_Store" || name == "Thumbs.db" || name == "desktop.ini" || strings.HasPrefix(name, "._")
}

func (c *collector) addFile(source, name string) {
	if c.addPlaceholder(source, name) {
		return
	}
	identity, err := content.Identify(source)
	if err == nil {
		err = order.CheckPath(name)
	}
	if err == nil {
		err = order.Policy{MaxFileSize: c.limit}.CheckSize(name, identity.Size)
	}
	if err != nil {
		c.refuse(source, err)
		return
	}
	name = freeName(name, func(name string) bool {
		old, ok := c.taken[name]
		return !ok || old.Source == source || old.Origin == draft.FromDelivery // which it replaces
	})
	if old, ok := c.taken[name]; ok && old.State == draft.Verified && sameFile(old, identity) {
		return // it is there already
	}
	f := draft.File{Path: name, Source: source, Size: identity.Size, State: draft.Queued}
	if old, ok := c.taken[name]; ok && old.Source == source {
		f.Upload, f.Identity, f.Resume, f.Sent = old.Upload, old.Identity, old.Resume, old.Holds()
	}
	c.taken[name] = f
	c.files = append(c.files, f)
}

func (c *collector) refuse(source string, err error) {
	if !utf8.ValidString(source) {
		source = strings.ToValidUTF8(source, "\uFFFD")
	}
	e := Explain(err)
	if e.Code == CodeInternal {
		e = &Error{CodeFileUnreadable, err.Error(), err}
	}
	c.refused = append(c.refused, Refused{source, e})
}
