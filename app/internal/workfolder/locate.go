package workfolder

import (
	"path/filepath"
	"slices"

	"handover/app/internal/leftout"
	"handover/app/internal/workfolder/dirid"
	"handover/app/internal/workfolder/place"
	"handover/app/internal/workfolder/tree"
)

// setOrders replaces the open orders.
func (l *loop) setOrders(orders []Order) {
	open := map[string]bool{}
	fresh := false
	for _, o := range orders {
		open[o.ID] = true
		if known := l.orders[o.ID]; known != nil {
			known.order.Title = o.Title
			continue
		}
		l.orders[o.ID] = newOrderFolder(o)
		l.orders[o.ID].unsure = l.missing
		l.changed[l.orders[o.ID]] = true
		fresh = true
	}
	for id, o := range l.orders {
		if !open[id] {
			delete(l.orders, id)
			delete(l.byPath, o.place.Path)
			delete(l.changed, o)
			l.forgetOrder(id)
		}
	}
	if l.watcher != nil {
		l.watcher.Keep(l.wanted)
	}
	if !fresh {
		return
	}
	if l.watcher == nil {
		l.rescan()
	} else {
		l.read(l.locate(false))
		if l.lacksPlace() {
			l.read(l.locate(true))
		}
	}
	l.finish()
}

func (f *Folder) forgetOrder(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.latest, id)
	delete(f.changed, id)
}

// locate searches for the orders' folders and returns reading tasks for folders that
// are new or were moved. If create is set it creates missing folders. Create only
// after reading the known folders, because a missing folder may be inside one.
func (l *loop) locate(create bool) []tree.Task {
	l.locateAt = never
	if l.rootIsMissing() {
		return nil
	}
	isOpen := func(id string) bool { return l.orders[id] != nil }
	s := place.Scan(l.config.Root, isOpen, l.watchBetween)
	if s.Err != nil {
		l.locateAt = l.now() + l.config.tuning.poll
		return nil
	}
	clear(l.between)
	for _, path := range s.Between {
		l.between[path] = true
	}
	claims := map[string][]place.Place{}
	for _, p := range append(s.Places, l.nested()...) {
		claims[p.Order] = append(claims[p.Order], p)
	}
	var tasks []tree.Task
	ids := make([]string, 0, len(l.orders))
	for id := range l.orders {
		ids = append(ids, id)
	}
	slices.Sort(ids) // so that equal titles are numbered in a stable order
	for _, id := range ids {
		if o := l.orders[id]; l.settlePlace(o, claims[id], s.Unsure, create) {
			l.loadRules(o)
			tasks = append(tasks, tree.Task{Tree: o.tree, Deep: true})
		}
	}
	if l.watcher != nil {
		l.watcher.Keep(l.wanted)
	}
	l.checkWatches()
	return tasks
}

// nested returns the orders' folders inside the folders of open orders.
func (l *loop) nested() []place.Place {
	var places []place.Place
	for _, o := range l.orders {
		for _, path := range o.tree.OtherFolders() {
			p, err := place.Read(path)
			if err != nil {
				continue
			}
			places = append(places, p)
		}
	}
	return places
}

func (l *loop) watchBetween(path string) {
	if l.watcher == nil {
		return
	}
	id, err := dirid.Of(path)
	if err != nil {
		return // removed; an event of the parent folder follows
	}
	l.watcher.Watch(path, id)
}

// settlePlace chooses the order's folder among those with its ID file. It reports
// whether the folder must be read again.
func (l *loop) settlePlace(o *orderFolder, claims []place.Place, unsure, create bool) bool {
	if len(claims) == 0 {
		return (create || o.place.Path != "") && l.unclaimed(o, unsure)
	}
	o.failed = nil
	chosen, copies := place.Choose(claims, o.place)
	o.copies = copies
	for _, c := range copies { // until the copy's ID file is deleted
		l.between[c.Path] = true
		l.watchBetween(c.Path)
	}
	moved := chosen.Path != o.place.Path || chosen.ID != o.place.ID || o.gone > 0
	if o.gone > 0 {
		o.gone = 0
		l.changed[o] = true
	}
	if chosen.ID != chosen.Stamp && !o.stamped {
		// Restored from a backup or moved from another drive: adopt this folder.
		o.stamped = true
		if err := place.Write(chosen.Path, o.order.ID); err != nil {
			l.config.Log.Warn("failed to write the ID file of an order's folder", "order", o.order.ID, "error", err)
		}
	}
	l.put(o, chosen)
	return moved
}

func (l *loop) put(o *orderFolder, p place.Place) {
	if l.byPath[o.place.Path] == o {
		delete(l.byPath, o.place.Path)
	}
	if o.place.Path != p.Path {
		l.changed[o] = true
	}
	o.place, o.tree.Dir = p, p.Path
	l.byPath[p.Path] = o
}

// unclaimed handles an order without a folder. A new order gets one at once. An
// order whose folder has gone gets a new one after a second search, because the
// folder may have been renamed during the first.
func (l *loop) unclaimed(o *orderFolder, unsure bool) bool {
	o.copies = nil
	if o.place.Path != "" {
		if l.restoreID(o) {
			return false
		}
		now := l.now()
		if o.gone == 0 {
			o.gone = max(now, 1)
			l.changed[o] = true
		}
		if again := o.gone + l.config.Quiet; unsure || now < again {
			l.locateAt = min(l.locateAt, max(again, now+l.config.Quiet))
			return false
		}
		o.tree.Remove("", now, l.config.Quiet)
	}
	p, err := place.Make(l.config.Root, o.order.ID, o.order.Title)
	if o.failed = err; err != nil {
		l.locateAt = min(l.locateAt, l.now()+l.config.tuning.poll)
		return false
	}
	o.gone, o.stamped = 0, false
	l.put(o, p)
	return true
}

// restoreID writes the ID file again if it was deleted or damaged. It reports
// whether the folder is still in its place.
func (l *loop) restoreID(o *orderFolder) bool {
	n, err := dirid.Of(o.place.Path)
	if err != nil || n != o.place.ID {
		return false
	}
	if err := place.Write(o.place.Path, o.order.ID); err != nil {
		l.config.Log.Warn("failed to write the ID file of an order's folder", "order", o.order.ID, "error", err)
		return false
	}
	if o.gone > 0 {
		o.gone = 0
		l.changed[o] = true
	}
	return true
}

// inPlace reports whether the order's folder is in its place. Files that are missing
// because the folder was moved or its drive unplugged do not count as deleted.
func (l *loop) inPlace(o *orderFolder) bool {
	return place.HasID(o.place.Path) && !l.rootIsMissing()
}

func (l *loop) loadRules(o *orderFolder) {
	at, err := filepath.Rel(l.config.Root, o.place.Path)
	if err != nil {
		at = ""
	}
	own, err := leftout.Load(o.place.Path)
	if o.badRule = err; err != nil {
		own = o.tree.Rules.Own // keep the previous rules
	}
	o.tree.Rules = &leftout.Rules{Above: l.rules, At: filepath.ToSlash(at), Own: own}
}
