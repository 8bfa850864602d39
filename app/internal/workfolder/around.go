package workfolder

import (
	"os"
	"path/filepath"
	"slices"

	"handover/app/internal/leftout"
)

// setOrders makes these the open orders.
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
			delete(l.byPath, o.place.path)
			delete(l.changed, o)
			l.forgetOrder(id)
		}
	}
	if l.watcher != nil {
		l.watcher.keep(l.wanted)
	}
	if !fresh {
		return
	}
	if l.watcher == nil {
		l.everything()
	} else {
		l.read(l.around(false))
		if l.lacksPlace() {
			l.read(l.around(true))
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

// around looks for the orders' folders and returns what is to be read because an
// order's folder is new or was moved. If create is set it makes those that are
// missing: only after the known ones were read, since they may be in there.
func (l *loop) around(create bool) []task {
	l.roundAt = never
	if l.rootIsMissing() {
		return nil
	}
	isOpen := func(id string) bool { return l.orders[id] != nil }
	s := lookAround(l.config.Root, isOpen, l.watchBetween)
	if s.err != nil {
		l.roundAt = l.now() + l.config.tuning.poll
		return nil
	}
	clear(l.between)
	for _, path := range s.between {
		l.between[path] = true
	}
	claims := map[string][]place{}
	for _, p := range append(s.places, l.nested()...) {
		claims[p.order] = append(claims[p.order], p)
	}
	var tasks []task
	ids := make([]string, 0, len(l.orders))
	for id := range l.orders {
		ids = append(ids, id)
	}
	slices.Sort(ids) // so that equal titles get their numbers in a known order
	for _, id := range ids {
		if o := l.orders[id]; l.settlePlace(o, claims[id], s.unsure, create) {
			l.loadRules(o)
			tasks = append(tasks, task{o, "", true})
		}
	}
	if l.watcher != nil {
		l.watcher.keep(l.wanted)
	}
	l.checkWatches()
	return tasks
}

// nested returns the orders' folders that lie in the folders of open orders.
func (l *loop) nested() []place {
	var places []place
	for _, o := range l.orders {
		for _, d := range o.folders {
			for _, f := range d.left {
				if f.Reason != leftout.OtherFolder {
					continue
				}
				if p, err := readPlace(o.abs(f.Path)); err == nil {
					places = append(places, p)
				}
			}
		}
	}
	return places
}

func (l *loop) watchBetween(path string) {
	if l.watcher == nil {
		return
	}
	if n, err := folderNode(path); err == nil {
		l.watcher.watch(path, n)
	}
}

// settlePlace decides which folder is the order's and reports whether it is to
// be read anew.
func (l *loop) settlePlace(o *orderFolder, claims []place, unsure, create bool) bool {
	if len(claims) == 0 {
		return (create || o.place.path != "") && l.withoutPlace(o, unsure)
	}
	o.failed = nil
	chosen, copies := choose(claims, o.place)
	o.copies = copies
	for _, c := range copies { // until its ID file is deleted
		l.between[c.path] = true
		l.watchBetween(c.path)
	}
	moved := chosen.path != o.place.path || chosen.node != o.place.node || o.gone > 0
	if o.gone > 0 {
		o.gone = 0
		l.changed[o] = true
	}
	if chosen.node != chosen.stamp && !o.stamped {
		// Restored, or brought from another drive: it is the one from now on.
		o.stamped = true
		if err := writeID(chosen.path, o.order.ID); err != nil {
			l.config.Log.Warn("an order's folder cannot be marked anew", "order", o.order.ID, "error", err)
		}
	}
	l.put(o, chosen)
	return moved
}

func (l *loop) put(o *orderFolder, p place) {
	if l.byPath[o.place.path] == o {
		delete(l.byPath, o.place.path)
	}
	if o.place.path != p.path {
		l.changed[o] = true
	}
	o.place = p
	l.byPath[p.path] = o
}

// withoutPlace handles an order that no folder claims: a new one gets its
// folder; one whose folder has gone, too, but not before it was looked for
// twice: it may have been renamed while it was looked for.
func (l *loop) withoutPlace(o *orderFolder, unsure bool) bool {
	o.copies = nil
	if o.place.path != "" {
		if l.remark(o) {
			return false
		}
		now := l.now()
		if o.gone == 0 {
			o.gone = max(now, 1)
			l.changed[o] = true
		}
		if again := o.gone + l.config.Quiet; unsure || now < again {
			l.roundAt = min(l.roundAt, max(again, now+l.config.Quiet))
			return false
		}
		o.removeFolder("", now, l.config.Quiet)
	}
	p, err := makePlace(l.config.Root, o.order.ID, o.order.Title)
	if o.failed = err; err != nil {
		l.roundAt = min(l.roundAt, l.now()+l.config.tuning.poll)
		return false
	}
	o.gone, o.stamped = 0, false
	l.put(o, p)
	return true
}

// remark writes the ID file again that somebody has deleted or damaged, and
// reports whether the folder is where it was.
func (l *loop) remark(o *orderFolder) bool {
	n, err := folderNode(o.place.path)
	if err != nil || n != o.place.node {
		return false
	}
	if err := writeID(o.place.path, o.order.ID); err != nil {
		l.config.Log.Warn("an order's folder cannot be marked anew", "order", o.order.ID, "error", err)
		return false
	}
	if o.gone > 0 {
		o.gone = 0
		l.changed[o] = true
	}
	return true
}

// isThere reports whether the order's folder is where it was: what is not found
// in a folder that was moved, or on a drive that was unplugged, is not deleted.
func (l *loop) isThere(o *orderFolder) bool {
	_, err := os.Lstat(filepath.Join(o.place.path, IDFile))
	return err == nil && !l.rootIsMissing()
}

func (l *loop) loadRules(o *orderFolder) {
	at, err := filepath.Rel(l.config.Root, o.place.path)
	if err != nil {
		at = ""
	}
	own, err := leftout.Load(o.place.path)
	if o.badRule = err; err != nil {
		own = o.rules.Own // better the ones from before than none
	}
	o.rules = &leftout.Rules{Above: l.rules, At: filepath.ToSlash(at), Own: own}
}
