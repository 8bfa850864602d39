package app

import (
	"handover/app/internal/desk"
	"handover/app/internal/foldersync"
	"handover/app/internal/leftout"
	"handover/app/internal/workfolder"
)

// WorkFolder is the state of the work folder.
type WorkFolder struct {
	Folder   string          `json:"folder"`  // its path; while it is off, the path that it would have
	Enabled  bool            `json:"enabled"` // the seller turned it on
	Watched  bool            `json:"watched"` // drafts follow the folder now
	There    bool            `json:"there"`
	Asked    bool            `json:"asked"`   // the seller decided whether to have one
	Scanned  bool            `json:"scanned"` // its drive reports no changes, so it is scanned every 30 seconds
	Move     FolderMove      `json:"move"`
	Problems []FolderProblem `json:"problems"`
}

// FolderMove is the progress of moving the work folder.
type FolderMove struct {
	To    string `json:"to"` // "" while no move runs
	Done  int64  `json:"done"`
	Total int64  `json:"total"` // bytes; 0 for a move without copying
}

// FolderProblem is a problem of the work folder.
type FolderProblem struct {
	Code    workfolder.ProblemCode `json:"code"`
	Path    string                 `json:"path"`
	Message string                 `json:"message"`
	Remedy  string                 `json:"remedy"` // a command that fixes it; "" for none
}

// OrderFolder is the folder of an order, with the files that are left out of the
// delivery: those in the folder and those in attached folders.
type OrderFolder struct {
	Dir     string    `json:"dir"`     // "" for none
	LeftOut []LeftOut `json:"leftOut"` // at most 100
	More    int       `json:"more"`    // number of further entries
}

// LeftOut is a file that is left out of the delivery, or a folder with all its files.
type LeftOut struct {
	Path   string `json:"path"`
	Reason string `json:"reason" enum:"unfinished,secret,download,working,conflict,temporary,hidden,rule,link,special,other_folder"`
	Detail string `json:"detail"` // rule: the line; working: the program; secret: the kind; link: the target
	Folder bool   `json:"folder"`
	Files  int    `json:"files"`  // number of files in the folder
	Source string `json:"source"` // path on this computer, for TakeLeftOut
}

// IgnoreRules are the ignore rules of the work folder.
type IgnoreRules struct {
	Text     string        `json:"text"`
	Faults   []RuleFault   `json:"faults"` // lines that can never match; rules with faults are not saved
	BuiltIns []BuiltInRule `json:"builtIns"`
}

// RuleFault is a line that can never match.
type RuleFault struct {
	Line int    `json:"line"` // from 1
	Text string `json:"text"`
}

// BuiltInRule lists the names that are ignored without any rules.
type BuiltInRule struct {
	Reason   string   `json:"reason" enum:"unfinished,secret,download,working,conflict,temporary,system,hidden"`
	Patterns []string `json:"patterns"`
}

// Folder holds the methods for the work folder and its rules.
type Folder struct{ p *Program }

// Status returns the state of the work folder.
func (b *Folder) Status() (WorkFolder, error) {
	return b.change(func(*desk.Desk) error { return nil })
}

// Choose asks the seller for a folder and returns the path that the work folder
// would have in it; "" when the seller cancels.
func (b *Folder) Choose() (string, error) {
	return ask(b.p, func(d *desk.Desk) (string, error) {
		chosen, err := b.p.window.OpenFolder()
		if err != nil || len(chosen) == 0 {
			return "", err
		}
		dir := foldersync.FolderIn(chosen[0], "Handover")
		return dir, d.Folder.Check(dir, false)
	})
}

// Enable turns the work folder on; an empty dir keeps the current path. It fails
// with folder_wide for a folder that holds more than work, unless anyway is set.
func (b *Folder) Enable(dir string, anyway bool) (WorkFolder, error) {
	return b.change(func(d *desk.Desk) error { return d.Folder.Enable(dir, anyway) })
}

// Disable turns the work folder off. Folders and drafts stay.
func (b *Folder) Disable() (WorkFolder, error) {
	return b.change(func(d *desk.Desk) error { return d.Folder.Disable() })
}

// Skip records that the seller wants no work folder for now.
func (b *Folder) Skip() (WorkFolder, error) {
	return b.change(func(d *desk.Desk) error { return d.Folder.Skip() })
}

// Move asks the seller for a folder and moves the work folder there, or into that
// folder when it is not empty. It returns after the move.
func (b *Folder) Move() (WorkFolder, error) {
	return b.change(func(d *desk.Desk) error {
		chosen, err := b.p.window.OpenFolder()
		if err != nil || len(chosen) == 0 {
			return err
		}
		_, err = d.Folder.Move(b.p.ctx, chosen[0], nil)
		return err
	})
}

// CancelMove cancels a move. The folder keeps its place.
func (b *Folder) CancelMove() (WorkFolder, error) {
	return b.change(func(d *desk.Desk) error {
		d.Folder.CancelMove()
		return nil
	})
}

// Open opens the folder of an order in the file manager, or the work folder for
// "".
func (b *Folder) Open(id string) error {
	_, err := ask(b.p, func(d *desk.Desk) (struct{}, error) {
		w, err := d.Folder.Status()
		dir := w.Folder
		if id != "" {
			snapshot, _ := d.Folder.Snapshot(id)
			dir = snapshot.Dir
		}
		if err == nil {
			err = b.p.reveal(dir)
		}
		return struct{}{}, err
	})
	return err
}

// OfOrder returns the folder of an order and the files left out of the delivery.
func (b *Folder) OfOrder(id string) (OrderFolder, error) {
	return ask(b.p, func(d *desk.Desk) (OrderFolder, error) {
		snapshot, _ := d.Folder.Snapshot(id)
		list, err := d.LeftOut(id)
		return viewOrderFolder(snapshot.Dir, list), err
	})
}

// Rules returns the rules of the work folder.
func (b *Folder) Rules() (IgnoreRules, error) {
	return ask(b.p, func(d *desk.Desk) (IgnoreRules, error) {
		text, err := d.Folder.Rules()
		return viewRules(text, nil), err
	})
}

// SaveRules replaces the rules. It fails with conflict if the saved rules are no
// longer before, the text that the seller began to edit.
func (b *Folder) SaveRules(before, text string) (IgnoreRules, error) {
	return ask(b.p, func(d *desk.Desk) (IgnoreRules, error) {
		faults, err := d.Folder.SaveRules(b.p.ctx, before, text)
		return viewRules(text, faults), err
	})
}

// change applies a change and returns the new state.
func (b *Folder) change(change func(*desk.Desk) error) (WorkFolder, error) {
	return ask(b.p, func(d *desk.Desk) (WorkFolder, error) {
		if err := change(d); err != nil {
			return WorkFolder{}, err
		}
		w, err := d.Folder.Status()
		return viewWorkFolder(w), err
	})
}

func viewWorkFolder(w foldersync.Status) WorkFolder {
	v := WorkFolder{
		Folder: w.Folder, Enabled: w.Enabled, Watched: w.Watched, There: w.There, Asked: w.Asked, Scanned: w.Scanned,
		Problems: make([]FolderProblem, len(w.Problems)),
	}
	if w.Moving != nil {
		v.Move = FolderMove(*w.Moving)
	}
	for i, p := range w.Problems {
		v.Problems[i] = FolderProblem{Code: p.Code, Path: p.Path, Message: p.Message, Remedy: p.Remedy}
	}
	return v
}

func viewOrderFolder(dir string, list []desk.LeftOut) OrderFolder {
	const most = 100
	v := OrderFolder{Dir: dir, LeftOut: []LeftOut{}, More: max(0, len(list)-most)}
	for _, l := range list[:min(len(list), most)] {
		v.LeftOut = append(v.LeftOut, LeftOut{
			Path: l.Path, Reason: l.Reason, Detail: l.Detail, Folder: l.Folder, Files: l.Count(), Source: l.Source,
		})
	}
	return v
}

func viewRules(text string, faults []leftout.RuleFault) IgnoreRules {
	v := IgnoreRules{Text: text, Faults: make([]RuleFault, len(faults)), BuiltIns: []BuiltInRule{}}
	for i, f := range faults {
		v.Faults[i] = RuleFault(f)
	}
	for _, b := range leftout.BuiltIns() {
		v.BuiltIns = append(v.BuiltIns, BuiltInRule{string(b.Reason), b.Patterns})
	}
	return v
}
