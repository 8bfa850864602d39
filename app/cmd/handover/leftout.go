package main

import (
	"fmt"
	"io"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/leftout"
	"handover/backend/commandline"
)

// leftOutView is the JSON form of a file or folder that is not delivered.
type leftOutView struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
	Detail string `json:"detail,omitempty"` // the program, the rule, …
	Files  int    `json:"files,omitempty"`  // in a folder
	Source string `json:"source"`           // argument for "handover attach"
}

func viewLeftOut(d *desk.Desk, id string) ([]leftOutView, error) {
	list, err := d.LeftOut(id)
	views := make([]leftOutView, len(list))
	for i, l := range list {
		views[i] = leftOutView{Path: shownPath(l), Reason: l.Reason, Detail: l.Detail, Files: l.Count(), Source: l.Source}
	}
	return views, err
}

func shownPath(l desk.LeftOut) string {
	if l.Folder {
		return l.Path + "/"
	}
	return l.Path
}

// files formats a number of files.
func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return fmt.Sprintf("%d files", n)
}

// mostLines is how many left-out files are listed.
const mostLines = 20

// printLeftOut lists the left-out files and shows how to include one.
func printLeftOut(w io.Writer, id string, list []desk.LeftOut) {
	for i, l := range list {
		if i == mostLines {
			fmt.Fprintf(w, "not included: %d more; handover draft %s --json names them\n", len(list)-mostLines, id)
			break
		}
		size := ""
		if l.Folder {
			size = " (" + files(l.Count()) + ")"
		}
		fmt.Fprintf(w, "not included: %s%s: %s\n", tame(shownPath(l)), size, tame(l.Words()))
	}
	if len(list) > 0 {
		agreed := ""
		if list[0].Reason == string(leftout.Secret) {
			agreed = " --secrets=take"
		}
		fmt.Fprintf(w, "To include one: handover attach %s %q%s\n", id, tame(list[0].Source), agreed)
	}
}

// showDraft prints the draft and the files left out of it.
func showDraft(d *desk.Desk, streams commandline.Streams, dr draft.Draft) error {
	list, err := d.LeftOut(dr.Order)
	if err != nil {
		return err
	}
	if err := printDraft(streams, dr); err != nil {
		return err
	}
	printLeftOut(streams.Out, dr.Order, list)
	return nil
}
