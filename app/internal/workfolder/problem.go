package workfolder

import (
	"cmp"
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"handover/app/internal/leftout"
)

// ProblemCode is a kind of problem.
type ProblemCode string

// The kinds of problems.
const (
	RootMissing  ProblemCode = "root_missing"  // the work folder is missing; its drive may be unplugged
	WatchLimit   ProblemCode = "watch_limit"   // the system's limit of watches is reached; folders are scanned instead
	Unreadable   ProblemCode = "unreadable"    // a folder or file cannot be read
	FolderCopied ProblemCode = "folder_copied" // two folders have the ID of one order; Path is the unused one
	FolderFailed ProblemCode = "folder_failed" // an order's folder cannot be created
	BadRule      ProblemCode = "bad_rule"      // an ignore file is invalid
)

// Problem is a condition that the seller should know about. It disappears when its
// cause does.
type Problem struct {
	Code    ProblemCode
	Order   string // "" if it concerns the whole work folder
	Path    string
	Message string // cause and remedy, safe to show
	Remedy  string // a command that helps; may be empty
}

// limitMessage explains why the folder is scanned. remedy is a command that helps.
func limitMessage(why error) (message, remedy string) {
	const scanned = "the work folder is scanned every 30 seconds instead of at once: "
	switch {
	case runtime.GOOS != "linux":
		return scanned + "the system has no more open files for Handover; close other programs, or choose a smaller work folder", ""
	case errors.Is(why, syscall.ENOSPC):
		remedy = "sudo sysctl fs.inotify.max_user_watches=524288"
		return scanned + "the system watches no more folders. To allow more: " + remedy, remedy
	}
	remedy = "sudo sysctl fs.inotify.max_user_instances=1024"
	return scanned + "too many programs watch folders. To allow more: " + remedy, remedy
}

// problems returns the problems of the order's folder.
func (o *orderFolder) problems() []Problem {
	var list []Problem
	add := func(code ProblemCode, path, message string) {
		list = append(list, Problem{Code: code, Order: o.order.ID, Path: path, Message: message})
	}
	if o.failed != nil {
		add(FolderFailed, "", "the order's folder cannot be made: "+o.failed.Error())
	}
	if o.badRule != nil {
		add(BadRule, filepath.Join(o.place.Path, leftout.IgnoreFile), "the ignore rules of the order cannot be read: "+o.badRule.Error())
	}
	for _, c := range o.copies {
		add(FolderCopied, c.Path, "this is a copy of the order's folder; its files are not delivered. Delete the file "+IDFile+" in it to keep it as a folder of your own")
	}
	for rel, fault := range o.tree.Faults() {
		add(Unreadable, o.tree.Abs(rel), "this cannot be read; check its permissions and its disk: "+fault.Error())
	}
	return list
}

func compareProblems(a, b Problem) int {
	return cmp.Or(strings.Compare(string(a.Code), string(b.Code)), strings.Compare(a.Order, b.Order), strings.Compare(a.Path, b.Path))
}
