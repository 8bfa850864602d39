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

// limitMessage says why the folder is scanned and what helps, also as a command.
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

// problems are those of the order's folder.
func (o *orderFolder) problems() []Problem {
	var list []Problem
	add := func(code ProblemCode, path, message string) {
		list = append(list, Problem{Code: code, Order: o.order.ID, Path: path, Message: message})
	}
	if o.failed != nil {
		add(FolderFailed, "", "the order's folder cannot be made: "+o.failed.Error())
	}
	if o.badRule != nil {
		add(BadRule, filepath.Join(o.place.path, leftout.IgnoreFile), "the ignore rules of the order cannot be read: "+o.badRule.Error())
	}
	for _, c := range o.copies {
		add(FolderCopied, c.path, "this is a copy of the order's folder; what is in it is not delivered. Delete the file "+IDFile+" in it to keep it as a folder of your own")
	}
	for rel, f := range o.folders {
		if f.fault != nil {
			add(Unreadable, o.abs(rel), "this cannot be read; check its permissions and its disk: "+f.fault.Error())
		}
	}
	return list
}

func compareProblems(a, b Problem) int {
	return cmp.Or(strings.Compare(string(a.Code), string(b.Code)), strings.Compare(a.Order, b.Order), strings.Compare(a.Path, b.Path))
}
