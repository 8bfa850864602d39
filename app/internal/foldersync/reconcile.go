package foldersync

import (
	"fmt"
	"path"
	"strings"

	"handover/app/internal/content"
	"handover/app/internal/draft"
	"handover/app/internal/leftout"
	"handover/app/internal/problem"
	"handover/app/internal/standin"
	"handover/app/internal/workfolder"
	"handover/backend/order"
)

// reconciler plans how a draft becomes equal to the folder of its order. A plan
// depends only on the reconciler and its arguments, so it can be made again.
type reconciler struct {
	snapshot workfolder.Snapshot
	limit    int64 // bytes of one file
	tooMany  bool  // more files than a delivery can have
}

// plan returns the changes of the draft. Afterwards the next plan is empty.
func (r reconciler) plan(dr draft.Draft, delivered []draft.Delivered) (p draft.Plan) {
	taken := map[string]bool{} // names and places of what was attached by hand
	there := map[string]draft.File{}
	for _, f := range dr.Files {
		switch f.Origin {
		case draft.FromFolder:
			there[f.Path] = f
		case draft.ByHand:
			taken[f.Path], taken[f.Source] = true, true
		case draft.FromDelivery: // a file of the folder replaces it
		}
	}
	wanted := map[string]bool{}
	files := r.files()
	nothingNew := len(dr.Files) == len(there) && dr.Description == "" && len(dr.Links) == 0 && r.isDelivered(delivered)
	r.tooMany = r.count(dr, files, taken) > order.MaxFiles
	for i, f := range files {
		source := r.snapshot.Source(f)
		if nothingNew || taken[source] || i > order.MaxFiles {
			continue // the first surplus file represents all of them
		}
		name := FreeName(Shown(f.Path), func(name string) bool { return !taken[name] })
		taken[name], wanted[name] = true, true
		old := there[name]
		if fresh := r.file(old, f, name); fresh != old {
			p.Put = append(p.Put, fresh)
		}
	}
	for name := range there {
		if !wanted[name] && r.snapshot.Complete {
			p.Remove = append(p.Remove, name)
		}
	}
	if r.snapshot.Complete {
		var beside draft.Beside
		if len(wanted) > 0 || !dr.Empty() && !nothingNew && len(dr.Files) > len(p.Remove) {
			beside = r.outside()
		}
		if !dr.Beside().Of(draft.FromFolder).Equal(beside) {
			p.Beside = &beside
		}
	}
	return p
}

// count returns the number of files that the draft will have.
func (r reconciler) count(dr draft.Draft, files []workfolder.File, taken map[string]bool) int {
	n := 0
	for _, f := range dr.Files {
		if f.Origin == draft.ByHand {
			n++
		}
	}
	for _, f := range files {
		if !taken[r.snapshot.Source(f)] {
			n++
		}
	}
	return n
}

// MaxLeftOut is the largest number of excluded paths that a draft stores.
const MaxLeftOut = 500

// outside returns the symbolic links and the excluded paths of the folder.
func (r reconciler) outside() (b draft.Beside) {
	for _, f := range r.snapshot.Files {
		if f.State == workfolder.Linked && len(b.Symlinks) < order.MaxSymlinks {
			b.Symlinks = append(b.Symlinks, draft.Symlink{Path: Shown(f.Path), Target: f.Detail, Origin: draft.FromFolder})
		}
	}
	b.LeftOut = LeftOutOf(r.snapshot)
	b.LeftOut = b.LeftOut[:min(len(b.LeftOut), MaxLeftOut)]
	return b
}

// LeftOutOf returns the excluded paths of a snapshot, without system files.
func LeftOutOf(s workfolder.Snapshot) (list []draft.LeftOut) {
	for _, f := range s.Files {
		if f.State == workfolder.LeftOut && f.Reason != leftout.System {
			list = append(list, draft.LeftOut{
				Path: Shown(f.Path), Source: Shown(s.Source(f)), Reason: string(f.Reason), Detail: f.Detail, Folder: f.Folder, Origin: draft.FromFolder,
			})
		}
	}
	return list
}

// files returns the files that belong into a draft.
func (r reconciler) files() []workfolder.File {
	files := make([]workfolder.File, 0, len(r.snapshot.Files))
	for _, f := range r.snapshot.Files {
		if f.State != workfolder.LeftOut && f.State != workfolder.Linked {
			files = append(files, f)
		}
	}
	return files
}

// isDelivered reports whether the folder holds exactly the last delivery. Then the
// draft stays empty until the seller starts the next delivery.
func (r reconciler) isDelivered(delivered []draft.Delivered) bool {
	files := r.files()
	if len(files) != len(delivered) || len(files) == 0 {
		return false
	}
	known := make(map[string]string, len(delivered))
	for _, d := range delivered {
		known[d.Path] = d.Identity
	}
	for _, f := range files {
		if _, was := known[Shown(f.Path)]; was && f.State == workfolder.Away {
			continue // the system freed its space
		}
		now := f.Identity
		now.Changed = 0 // a hard link or a tag of a file manager changes no content
		if !content.SameAs(known[Shown(f.Path)], now) {
			return false
		}
	}
	return true
}

// file returns the new entry of a file in the draft, given the old one.
func (r reconciler) file(old draft.File, f workfolder.File, name string) draft.File {
	identity := f.Identity
	source := r.snapshot.Source(f)
	fresh := draft.File{Path: name, Source: source, Size: identity.Size, Origin: draft.FromFolder, Seen: identity.Encode(), State: draft.Queued, Executable: f.Executable}
	if old.Source == source {
		fresh.Upload, fresh.Identity, fresh.Resume, fresh.Parts, fresh.Sent = old.Upload, old.Identity, old.Resume, old.Parts, old.Holds()
	}
	switch f.State {
	case workfolder.Settling:
		fresh.State = draft.Settling
		return fresh
	case workfolder.Away:
		if old.Source == source {
			fresh.Size = old.Size
		}
		fresh.Seen, fresh.State = "", draft.Problem
		fresh.Fault = draft.Fault{Code: problem.CodePlaceholder, Message: standin.Placeholder{Service: f.Detail}.Message()}
		return fresh
	}
	arrived := old.Source == source && old.State == draft.Verified && content.SameAs(old.Identity, identity)
	if fault := r.fault(f.Path, identity.Size, arrived); fault.Code != "" {
		fresh.State, fresh.Fault = draft.Problem, fault
		return fresh
	}
	if old.Source != source {
		return fresh
	}
	same := content.SameAs(old.Seen, identity)
	switch old.State {
	case draft.Verified:
		same = content.SameAs(old.Identity, identity)
	case draft.Problem:
		same = same && old.Fault.Code != problem.CodeTooMany && old.Fault.Code != problem.CodeFileMissing && old.Fault.Code != problem.CodeFileUnreadable && old.Fault.Code != problem.CodeFileChanged
	case draft.Settling:
		same = false
	}
	if same {
		fresh.State, fresh.SHA256, fresh.Fault = old.State, old.SHA256, old.Fault
	}
	return fresh
}

// fault returns why a file cannot be delivered, whatever its content.
func (r reconciler) fault(name string, size int64, arrived bool) draft.Fault {
	err := r.refusal(name, size, arrived)
	if err == nil {
		return draft.Fault{}
	}
	e := problem.Explain(err)
	return draft.Fault{Code: e.Code, Message: e.Message}
}

func (r reconciler) refusal(name string, size int64, arrived bool) error {
	if err := order.CheckPath(name); err != nil {
		return err
	}
	if err := (order.Policy{MaxFileSize: r.limit}).CheckSize(name, size); err != nil {
		return err
	}
	if r.tooMany && !arrived { // send no more files that could not be delivered
		return &problem.Error{Code: problem.CodeTooMany, Message: fmt.Sprintf("a delivery has at most %d files, and the folder has more; pack them into an archive", order.MaxFiles)}
	}
	return nil
}

// Shown returns a path as valid text.
func Shown(name string) string { return strings.ToValidUTF8(name, "\uFFFD") }

// FreeName returns the name, with a number if it is not free.
func FreeName(name string, free func(string) bool) string {
	ext := path.Ext(name)
	try := name
	for n := 2; !free(try); n++ {
		try = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
	}
	return try
}
