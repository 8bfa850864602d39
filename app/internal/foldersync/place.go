package foldersync

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"handover/app/internal/problem"
	"handover/app/internal/workfolder"
	"handover/backend/order"
)

var errMoving = &problem.Error{Code: problem.CodeFolderMoving, Message: "the work folder is being moved; wait until that is done, or stop it"}

// Check refuses a path that cannot be a work folder: a file, a folder without
// permission to write, the program's own data. It refuses a whole drive and the
// user's home folder with problem.CodeFolderWide unless anyway is set.
func (s *Sync) Check(dir string, anyway bool) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	dir = realPath(dir)
	data := s.dataFolder()
	switch {
	case under(dir, data):
		return &problem.Error{Code: problem.CodeFolderInData, Message: "Handover keeps its own data in " + data + "; choose a folder outside of it"}
	case !anyway && isWide(dir, data):
		return &problem.Error{Code: problem.CodeFolderWide, Message: dir + " holds more than work for your orders; choose a folder in it"}
	}
	return checkWritable(dir)
}

// dataFolder returns the real path of the program's own data.
func (s *Sync) dataFolder() string {
	abs, err := filepath.Abs(s.options.Home)
	if err != nil {
		return s.options.Home
	}
	return realPath(abs)
}

// FolderIn returns the place of a work folder when the seller chooses dir: dir
// itself if it is missing, empty or a work folder; otherwise, and on a drive, a
// folder of that name in dir.
func FolderIn(dir, name string) string {
	entries, err := os.ReadDir(dir)
	if err != nil || workfolder.IsRoot(dir) || len(entries) == 0 && !workfolder.IsDrive(dir) {
		return dir
	}
	return filepath.Join(dir, name)
}

// isWide reports whether a folder is a whole drive, the user's home folder, or
// contains the program's data.
func isWide(dir, data string) bool {
	home, err := os.UserHomeDir()
	return filepath.Dir(dir) == dir || err == nil && dir == realPath(home) || under(data, dir)
}

// checkWritable refuses a place where no file can be created.
func checkWritable(dir string) error {
	above := nearest(dir)
	info, err := os.Stat(above)
	if err != nil {
		return Explain(err)
	}
	if !info.IsDir() {
		return &problem.Error{Code: problem.CodeFolderIsFile, Message: above + " is a file; choose a folder"}
	}
	try, err := os.CreateTemp(above, ".handover-new-*")
	if err != nil {
		return Explain(err)
	}
	return errors.Join(try.Close(), os.Remove(try.Name()))
}

// nearest returns the path if it exists, or else its nearest existing parent.
func nearest(path string) string {
	for {
		if _, err := os.Lstat(path); err == nil || filepath.Dir(path) == path {
			return path
		}
		path = filepath.Dir(path)
	}
}

// realPath resolves the symbolic links in the existing part of a path.
func realPath(path string) string {
	there := nearest(path)
	real, err := filepath.EvalSymlinks(there)
	if err != nil {
		return path
	}
	return filepath.Join(real, strings.TrimPrefix(path, there))
}

// under reports whether path is dir or is inside dir.
func under(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// Explain adds the code to an error of a work folder.
func Explain(err error) error {
	code := ""
	switch {
	case err == nil:
		return nil
	case errors.Is(err, workfolder.ErrLeftBehind):
		code = problem.CodeFolderLeft
	case errors.Is(err, workfolder.ErrOccupied):
		code = problem.CodeFolderOccupied
	case errors.Is(err, workfolder.ErrChanges):
		code = problem.CodeFolderChanging
	case errors.Is(err, workfolder.ErrRulesChanged):
		code = string(order.Conflict)
	case errors.Is(err, syscall.ENOTDIR):
		code = problem.CodeFolderIsFile
	case errors.Is(err, fs.ErrPermission), problem.WriteProtected(err):
		code = problem.CodeFolderReadOnly
	case errors.Is(err, fs.ErrNotExist):
		code = problem.CodeFolderGone
	default:
		return err
	}
	return &problem.Error{Code: code, Message: err.Error(), Cause: err}
}
