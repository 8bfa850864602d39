package order_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"handover/backend/order"
)

func TestSymlinks(t *testing.T) {
	many := make([]order.Symlink, order.MaxSymlinks+1)
	for i := range many {
		many[i] = order.Symlink{Path: fmt.Sprintf("links/%d", i), Target: "../work.txt"}
	}
	link := func(pairs ...string) (links []order.Symlink) {
		for i := 0; i < len(pairs); i += 2 {
			links = append(links, order.Symlink{Path: pairs[i], Target: pairs[i+1]})
		}
		return links
	}
	for _, tc := range []struct {
		name  string
		links []order.Symlink
		ok    bool
	}{
		{"beside it", link("latest.txt", "work.txt"), true},
		{"a framework", link("F.framework/Versions/Current", "A", "F.framework/F", "Versions/Current/F"), true},
		{"up and down", link("a/b/l", "../../work.txt"), true},
		{"a folder above", link("a/b/l", ".."), true},
		{"nothing there", link("l", "Headers"), true},
		{"as many as there may be", many[:order.MaxSymlinks], true},
		{"one more", many, false},
		{"the delivery itself", link("a/l", ".."), false},
		{"out of it", link("l", "../secret"), false},
		{"out of it from a folder", link("a/l", "../../secret"), false},
		{"out of it by a detour", link("a/l", "b/../../../secret"), false},
		{"a detour inside", link("a/l", "b/../c"), false},
		{"absolute", link("l", "/etc/passwd"), false},
		{"a drive", link("l", "C:/Windows"), false},
		{"backslashes", link("l", `..\..\secret`), false},
		{"no target", link("l", ""), false},
		{"itself as a folder", link("l", "."), false},
		{"an empty part", link("l", "a//b"), false},
		{"a slash at the end", link("l", "a/"), false},
		{"control character", link("l", "a\nb"), false},
		{"bad UTF-8", link("l", "\xff"), false},
		{"long target", link("l", strings.Repeat("a", 1_025)), false},
		{"bad path", link("../l", "a"), false},
		{"twice", link("l", "a", "l", "b"), false},
		{"twice where case does not count", link("l", "a", "L", "b"), false},
		{"in a file's place", link("work.txt", "a"), false},
		{"in a file's place where case does not count", link("WORK.txt", "a"), false},
		{"in the place of a file's folder", link("folder", "a"), false},
		{"in the place of a folder where case does not count", link("FOLDER", "a"), false},
		{"through a link", link("l", "a", "l/m", "b"), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := placed(t)
			_, err := o.Apply(order.Command{Action: order.Deliver, By: order.Seller, Work: order.Work{
				Description: "d", Symlinks: tc.links,
				Files: []order.File{{ID: "u", Path: "work.txt", Executable: true}, {ID: "v", Path: "folder/deep/work.txt"}},
			}}, t0, policy)
			if !tc.ok {
				if !errors.Is(err, &order.Error{Code: order.Invalid}) || len(o.Deliveries) > 0 {
					t.Errorf("got %v and %d deliveries", err, len(o.Deliveries))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := o.Deliveries[0]; len(d.Symlinks) != len(tc.links) || !d.Files[0].Executable || d.Files[1].Executable {
				t.Errorf("delivered %+v", d)
			}
		})
	}
}

func TestSymlinksAreNoWork(t *testing.T) {
	o := placed(t)
	_, err := o.Apply(order.Command{Action: order.Deliver, By: order.Seller, Work: order.Work{
		Description: "d", Symlinks: []order.Symlink{{Path: "l", Target: "a"}},
	}}, t0, policy)
	if !errors.Is(err, &order.Error{Code: order.NoFiles}) {
		t.Errorf("got %v", err)
	}
}
