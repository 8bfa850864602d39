package app

import (
	"handover/app/internal/desk"
	"handover/app/internal/leftout"
	"handover/app/internal/workfolder"
)

// WorkFolder says how the work folder stands.
type WorkFolder struct {
	Folder   string          `json:"folder"`  // where it is, or would be
	Enabled  bool            `json:"enabled"` // the seller has turned it on
	Watched  bool            `json:"watched"` // drafts follow it now
	There    bool            `json:"there"`
	Asked    bool            `json:"asked"`   // the seller has said whether to have one
	Scanned  bool            `json:"scanned"` // its drive tells of no changes: it is looked at every 30 seconds
	Move     FolderMove      `json:"move"`
	Problems []FolderProblem `json:"problems"`
}

// FolderMove says how far a move of the work folder is.
type FolderMove struct {
	To    string `json:"to"` // "" while none goes on
	Done  int64  `json:"done"`
	Total int64  `json:"total"` // bytes; 0 when nothing has to be copied
}

// FolderProblem is something about the work folder that the seller should know.
type FolderProblem struct {
	Code    string `json:"code"` // root_missing, watch_limit, unreadable, folder_copied, folder_failed, bad_rule
	Path    string `json:"path"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"` // a command that helps; "" for none
}

// OrderFolder is the folder of an order.
type OrderFolder struct {
	Dir     string    `json:"dir"`     // "" while it has none
	LeftOut []LeftOut `json:"leftOut"` // what stays out of the delivery, at most 100
	More    int       `json:"more"`    // how many more there are
}

// LeftOut is a file that stays out of the delivery, or a folder with all in it.
type LeftOut struct {
	Path   string `json:"path"`
	Reason string `json:"reason"` // unfinished, secret, download, working, conflict, temporary, hidden, rule, link, special, other_folder
	Detail string `json:"detail"` // of rule: the line; of working: the program; of secret: the kind; of link: the target
	Folder bool   `json:"folder"`
}

// WorkFolder returns how the work folder stands.
func (a *App) WorkFolder() (WorkFolder, error) {
	return a.workFolder(func(*desk.Desk) error { return nil })
}

// ChooseWorkFolder lets the seller point at a folder, and returns where in it
// the work folder would be; "" when they cancel.
func (a *App) ChooseWorkFolder() (string, error) {
	return ask(a, func(d *desk.Desk) (string, error) {
		chosen, err := a.p.window.OpenFolder()
		if err != nil || len(chosen) == 0 {
			return "", err
		}
		dir := desk.FolderIn(chosen[0], "Handover")
		return dir, d.CheckFolder(dir, false)
	})
}

// EnableWorkFolder turns the work folder on; an empty dir is the one as it is
// set. A folder that holds more than work is refused with folder_wide unless
// anyway allows it.
func (a *App) EnableWorkFolder(dir string, anyway bool) (WorkFolder, error) {
	return a.workFolder(func(d *desk.Desk) error { return d.EnableSync(dir, anyway) })
}

// DisableWorkFolder turns it off; folders and drafts stay.
func (a *App) DisableWorkFolder() (WorkFolder, error) {
	return a.workFolder((*desk.Desk).DisableSync)
}

// SkipWorkFolder notes that the seller wants none for now.
func (a *App) SkipWorkFolder() (WorkFolder, error) {
	return a.workFolder((*desk.Desk).SkipSync)
}

// MoveWorkFolder lets the seller point at another place and moves the work
// folder there, or into it when it is not empty. It returns once it is there.
func (a *App) MoveWorkFolder() (WorkFolder, error) {
	return a.workFolder(func(d *desk.Desk) error {
		chosen, err := a.p.window.OpenFolder()
		if err != nil || len(chosen) == 0 {
			return err
		}
		_, err = d.MoveFolder(a.p.ctx, chosen[0], nil)
		return err
	})
}

// CancelWorkFolderMove stops a move: the folder stays where it is.
func (a *App) CancelWorkFolderMove() (WorkFolder, error) {
	return a.workFolder(func(d *desk.Desk) error {
		d.CancelMove()
		return nil
	})
}

// OpenWorkFolder shows the folder of an order in the file manager, or with ""
// the work folder.
func (a *App) OpenWorkFolder(id string) error {
	_, err := ask(a, func(d *desk.Desk) (struct{}, error) {
		w, err := d.WorkFolder()
		dir := w.Folder
		if id != "" {
			snapshot, _ := d.Folder(id)
			dir = snapshot.Dir
		}
		if err == nil {
			err = a.p.reveal(dir)
		}
		return struct{}{}, err
	})
	return err
}

// OrderFolder returns what an order's folder keeps out of the delivery.
func (a *App) OrderFolder(id string) (OrderFolder, error) {
	return ask(a, func(d *desk.Desk) (OrderFolder, error) {
		snapshot, _ := d.Folder(id)
		return viewOrderFolder(snapshot), nil
	})
}

// workFolder does what is asked for, and returns how all stands then.
func (a *App) workFolder(change func(*desk.Desk) error) (WorkFolder, error) {
	return ask(a, func(d *desk.Desk) (WorkFolder, error) {
		if err := change(d); err != nil {
			return WorkFolder{}, err
		}
		w, err := d.WorkFolder()
		return viewWorkFolder(w), err
	})
}

func viewWorkFolder(w desk.WorkFolder) WorkFolder {
	v := WorkFolder{
		Folder: w.Folder, Enabled: w.Enabled, Watched: w.Watched, There: w.There, Asked: w.Asked, Scanned: w.Scanned,
		Problems: make([]FolderProblem, len(w.Problems)),
	}
	if w.Moving != nil {
		v.Move = FolderMove(*w.Moving)
	}
	for i, p := range w.Problems {
		v.Problems[i] = FolderProblem{Code: string(p.Code), Path: p.Path, Message: p.Message, Remedy: p.Remedy}
	}
	return v
}

func viewOrderFolder(s workfolder.Snapshot) OrderFolder {
	const most = 100
	v := OrderFolder{Dir: s.Dir, LeftOut: []LeftOut{}}
	for _, f := range s.Files {
		switch {
		case f.State != workfolder.LeftOut || f.Reason == leftout.System: // what systems leave is nobody's work
		case len(v.LeftOut) == most:
			v.More++
		default:
			v.LeftOut = append(v.LeftOut, LeftOut{Path: f.Path, Reason: string(f.Reason), Detail: f.Detail, Folder: f.Folder})
		}
	}
	return v
}
