package app

import (
	"handover/app/internal/desk"
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
	Code    workfolder.ProblemCode `json:"code"`
	Path    string                 `json:"path"`
	Message string                 `json:"message"`
	Remedy  string                 `json:"remedy"` // a command that helps; "" for none
}

// OrderFolder is the folder of an order, and what stays out of its delivery:
// there, and in folders that were attached.
type OrderFolder struct {
	Dir     string    `json:"dir"`     // "" while it has none
	LeftOut []LeftOut `json:"leftOut"` // what stays out of the delivery, at most 100
	More    int       `json:"more"`    // how many more there are
}

// LeftOut is a file that stays out of the delivery, or a folder with all in it.
type LeftOut struct {
	Path   string `json:"path"`
	Reason string `json:"reason" enum:"unfinished,secret,download,working,conflict,temporary,hidden,rule,link,special,other_folder"`
	Detail string `json:"detail"` // of rule: the line; of working: the program; of secret: the kind; of link: the target
	Folder bool   `json:"folder"`
	Files  int    `json:"files"`  // in the folder
	Source string `json:"source"` // where it lies, for TakeLeftOut
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

// OrderFolder returns the folder of an order, and what stays out of the delivery.
func (a *App) OrderFolder(id string) (OrderFolder, error) {
	return ask(a, func(d *desk.Desk) (OrderFolder, error) {
		snapshot, _ := d.Folder(id)
		list, err := d.LeftOut(id)
		return viewOrderFolder(snapshot.Dir, list), err
	})
}

// TakeLeftOut adds to the draft, after all, what stayed out of a folder or was
// refused because it looks secret.
func (a *App) TakeLeftOut(id string, paths []string) (Attached, error) {
	return a.attach(id, desk.Attaching{Paths: paths, Anyway: true, Secrets: desk.TakeSecrets})
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
