package desk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"handover/app/internal/content"
	"handover/app/internal/draft"
	"handover/app/internal/foldersync"
	"handover/app/internal/leftout"
	"handover/app/internal/problem"
	"handover/app/internal/standin"
	"handover/app/internal/tus"
	"handover/app/internal/workfolder"
	"handover/backend/order"
)

// Secrets says what becomes of files that look secret.
type Secrets string

// Files that look secret are refused until the seller has decided.
const (
	AskSecrets   Secrets = ""
	TakeSecrets  Secrets = "take"
	LeaveSecrets Secrets = "leave"
)

// collector gathers files for a draft.
type collector struct {
	Attaching
	taken   map[string]draft.File // by path, what the draft will have
	limit   int64                 // bytes
	files   []draft.File
	links   []draft.Symlink
	leftOut []draft.LeftOut
	noted   []draft.LeftOut // taken although their names are like those of working files
	refused []Refused
	known   []draft.LeftOut // left out before: a path named now gets its place back
	roots   []string        // the named paths, as the draft calls them
}

var errTooMany = errors.New("too many files")

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
	if (err != nil || !info.IsDir()) && c.addPlaceholder(source, c.nameOf(source)) {
		return
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.refuse(source, &problem.Error{Code: problem.CodeFileMissing, Message: "there is no file or folder of this name", Cause: err})
		return
	case err != nil:
		c.refuse(source, fmt.Errorf("%w: %w", tus.ErrSource, err))
		return
	}
	name := c.nameOf(source)
	c.roots = append(c.roots, name)
	v := leftout.Classify(name, info.IsDir(), func() []byte { return leftout.Head(source) })
	if c.isSecret(source, name, v, info.IsDir()) {
		return
	}
	if v.Out() && v.Reason != leftout.Secret {
		c.noted = append(c.noted, leave(source, name, v, info.IsDir()))
	}
	if info.IsDir() {
		c.addRoot(source, name)
		return
	}
	c.addFile(source, name, info.Mode())
}

// nameOf is what the draft calls a path that the seller named: its last part,
// or its place in the folder from which it was left out before.
func (c *collector) nameOf(source string) string {
	for _, l := range c.known {
		if l.Source == source {
			return l.Path
		}
		if rest, below := strings.CutPrefix(source, l.Source+string(filepath.Separator)); below && l.Folder {
			return l.Path + "/" + filepath.ToSlash(rest)
		}
	}
	return filepath.Base(source)
}

// isSecret reports whether a file that looks secret is not taken.
func (c *collector) isSecret(source, name string, v leftout.Verdict, dir bool) bool {
	if v.Reason != leftout.Secret || c.Secrets == TakeSecrets {
		return false
	}
	if c.Secrets == LeaveSecrets || !c.Whole { // it can be taken later, in its place
		c.leftOut = append(c.leftOut, leave(source, name, v, dir))
	}
	if c.Secrets == LeaveSecrets {
		return true
	}
	c.refuse(source, &problem.Error{Code: problem.CodeSecret, Message: "it looks secret (" + v.Detail + ")"})
	return true
}

func leave(source, name string, v leftout.Verdict, dir bool) draft.LeftOut {
	return draft.LeftOut{
		Path: strings.ToValidUTF8(name, "\uFFFD"), Source: strings.ToValidUTF8(source, "\uFFFD"),
		Reason: string(v.Reason), Detail: v.Detail, Folder: dir,
	}
}

// addRoot takes a folder that the seller named.
func (c *collector) addRoot(dir, name string) {
	own, err := leftout.Load(dir)
	if err != nil {
		c.refuse(filepath.Join(dir, leftout.IgnoreFile), fmt.Errorf("%w: %w", tus.ErrSource, err))
		return
	}
	rules := &leftout.Rules{Own: own, Named: name}
	if err := c.addFolder(rules, dir, name); err != nil && !errors.Is(err, errTooMany) {
		c.refuse(dir, err)
	}
}

func (c *collector) addFolder(rules *leftout.Rules, dir, name string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		c.refuse(dir, fmt.Errorf("%w: %w", tus.ErrSource, err))
		return nil
	}
	names := func() []string {
		list := make([]string, len(entries))
		for i, e := range entries {
			list[i] = e.Name()
		}
		return list
	}
	judge := rules.In(name, names, func(entry string) []byte { return leftout.Head(filepath.Join(dir, entry)) })
	for _, e := range entries {
		if workfolder.IsOwn(e.Name()) {
			continue
		}
		source, name := filepath.Join(dir, e.Name()), name+"/"+e.Name()
		if v := judge.Judge(e.Name(), e.IsDir()); v.Out() && c.isOut(source, name, v, e.IsDir()) {
			continue
		}
		if err := c.addEntry(rules, e, source, name); err != nil {
			return err
		}
		if len(c.taken) > order.MaxFiles {
			return errTooMany // it is known now, whatever follows
		}
	}
	return nil
}

// isOut reports whether something stays out that the rules leave out.
func (c *collector) isOut(source, name string, v leftout.Verdict, dir bool) bool {
	switch {
	case v.Reason == leftout.System:
		return true
	case v.Reason == leftout.Secret:
		return c.isSecret(source, name, v, dir)
	case c.Anyway:
		return false
	}
	c.leftOut = append(c.leftOut, leave(source, name, v, dir))
	return true
}

func (c *collector) addEntry(rules *leftout.Rules, e fs.DirEntry, source, name string) error {
	switch {
	case e.IsDir():
		return c.addFolder(rules, source, name)
	case e.Type()&fs.ModeSymlink != 0:
		c.addLink(rules, source, name)
	case !e.Type().IsRegular():
		c.leftOut = append(c.leftOut, leave(source, name, leftout.Verdict{Reason: leftout.Special}, false))
	default:
		info, err := e.Info()
		if err != nil {
			c.refuse(source, fmt.Errorf("%w: %w", tus.ErrSource, err))
			return nil
		}
		c.addFile(source, name, info.Mode())
	}
	return nil
}

// addLink takes a symbolic link that stays inside the folder that was named.
// Others may lead anywhere, also to what was not meant to be sent.
func (c *collector) addLink(rules *leftout.Rules, source, name string) {
	target, err := os.Readlink(source)
	if err != nil {
		c.refuse(source, fmt.Errorf("%w: %w", tus.ErrSource, err))
		return
	}
	inside, v := leftout.Symlink(strings.TrimPrefix(name, rules.Named+"/"), target)
	if v.Out() {
		c.leftOut = append(c.leftOut, leave(source, name, v, false))
		return
	}
	c.links = append(c.links, draft.Symlink{Path: name, Target: inside})
}

func (c *collector) addFile(source, name string, mode fs.FileMode) {
	if c.addPlaceholder(source, name) {
		return
	}
	identity, err := c.identify(source, name)
	if err != nil {
		c.refuse(source, err)
		return
	}
	name = foldersync.FreeName(name, func(name string) bool {
		old, ok := c.taken[name]
		return !ok || old.Source == source || old.Origin == draft.FromDelivery // which it replaces
	})
	executable := leftout.Executable(mode)
	if old, ok := c.taken[name]; ok && old.State == draft.Verified && content.SameAs(old.Identity, identity) && old.Executable == executable {
		return // the draft has it
	}
	f := draft.File{Path: name, Source: source, Size: identity.Size, State: draft.Queued, Executable: executable}
	if old, ok := c.taken[name]; ok && old.Source == source {
		f.Upload, f.Identity, f.Resume, f.Parts, f.Sent = old.Upload, old.Identity, old.Resume, old.Parts, old.Holds()
		if old.State == draft.Verified && content.SameAs(old.Identity, identity) { // only its mode has changed
			f.State, f.SHA256 = old.State, old.SHA256
		}
	}
	c.taken[name] = f
	c.files = append(c.files, f)
}

// identify returns the identity of a file that can be delivered under the name.
func (c *collector) identify(source, name string) (content.Identity, error) {
	identity, err := content.Identify(source)
	if err != nil {
		return identity, err
	}
	if err := order.CheckPath(name); err != nil {
		return identity, err
	}
	return identity, order.Policy{MaxFileSize: c.limit}.CheckSize(name, identity.Size)
}

func (c *collector) refuse(source string, err error) {
	if !utf8.ValidString(source) {
		source = strings.ToValidUTF8(source, "\uFFFD")
	}
	e := problem.Explain(err)
	if e.Code == problem.CodeInternal {
		e = &problem.Error{Code: problem.CodeFileUnreadable, Message: err.Error(), Cause: err}
	}
	c.refused = append(c.refused, Refused{source, e})
}

// beside returns the links and the excluded paths of the draft after the attachment,
// without those of the order's folder.
func (c *collector) beside(before draft.Beside) draft.Beside {
	again := func(path string) bool {
		return slices.ContainsFunc(c.roots, func(root string) bool { return within(path, root) })
	}
	before.Symlinks = slices.DeleteFunc(before.Symlinks, func(l draft.Symlink) bool { return again(l.Path) })
	before.LeftOut = slices.DeleteFunc(before.LeftOut, func(l draft.LeftOut) bool { return again(l.Path) })
	leftOut := append(before.LeftOut, c.leftOut...)
	return draft.Beside{Symlinks: append(before.Symlinks, c.links...), LeftOut: leftOut[:min(len(leftOut), foldersync.MaxLeftOut)]}
}

// addPlaceholder adds a placeholder under its file's name as a problem, so that the
// file is not forgotten. It reports whether source is a placeholder.
func (c *collector) addPlaceholder(source, name string) bool {
	real, _ := standin.RealName(filepath.Base(source))
	source, name = filepath.Join(filepath.Dir(source), real), path.Join(path.Dir(name), real)
	p, found := standin.Probe(source)
	if !found {
		return false
	}
	if err := order.CheckPath(name); err != nil {
		c.refuse(source, err)
		return true
	}
	name = foldersync.FreeName(name, func(name string) bool {
		old, ok := c.taken[name]
		return !ok || old.Source == source || old.Origin == draft.FromDelivery // which it replaces
	})
	f := draft.File{Path: name, Source: source}
	if old, ok := c.taken[name]; ok && old.Source == source {
		f = old
		f.Doubt(draft.Problem)
	}
	f.State, f.Fault = draft.Problem, draft.Fault{Code: problem.CodePlaceholder, Message: p.Message()}
	c.taken[name] = f
	c.files = append(c.files, f)
	return true
}
