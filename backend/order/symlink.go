package order

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxSymlinks is the most symbolic links in one delivery.
const MaxSymlinks = 1_000

// Symlink is a symbolic link inside a delivery, for example in an application
// bundle. Path is the path of the link, as for a [File]. Target is relative to the
// folder of the link: any number of ".." and then names, with slashes between them.
// It stays inside the delivery, but need not exist there.
type Symlink struct {
	Path   string `json:"path"`
	Target string `json:"target" doc:"relative to the folder of the link"`
}

// checkSymlinks returns Invalid for links that could lead out of the delivery. No
// path may pass through a link, because a ".." after a link does not lead to the
// folder that the text suggests.
func checkSymlinks(links []Symlink, files []File) error {
	if len(links) > MaxSymlinks {
		return invalid("symlinks", "a delivery has at most %d symbolic links; this one has %d", MaxSymlinks, len(links))
	}
	taken := make(map[string]bool, len(links))
	for _, l := range links {
		if err := CheckSymlink(l); err != nil {
			return err
		}
		if taken[samePath(l.Path)] {
			return invalid("symlinks", "%q is in the delivery twice", l.Path)
		}
		taken[samePath(l.Path)] = true
	}
	if len(links) == 0 {
		return nil
	}
	for _, f := range files {
		path := samePath(f.Path)
		if taken[path] || below(path, taken) {
			return invalid("symlinks", "%q is a file of the delivery, and a symbolic link is in its place", f.Path)
		}
	}
	for _, l := range links {
		if below(samePath(l.Path), taken) {
			return invalid("symlinks", "the symbolic link %q is below another one", l.Path)
		}
	}
	return nil
}

// CheckSymlink checks a single link; see [Symlink].
func CheckSymlink(l Symlink) error {
	if err := CheckPath(l.Path); err != nil {
		return err
	}
	t := l.Target
	if t == "" || len(t) > maxPath || !utf8.ValidString(t) || strings.ContainsFunc(t, unicode.IsControl) || strings.ContainsRune(t, '\\') {
		return invalid("symlinks", "the target of the symbolic link %q is no name that a delivery can have", l.Path)
	}
	if strings.HasPrefix(t, "/") || len(t) > 1 && t[1] == ':' {
		return invalid("symlinks", "the symbolic link %q has an absolute target", l.Path)
	}
	depth := strings.Count(l.Path, "/")
	for strings.HasPrefix(t, "../") {
		t, depth = t[len("../"):], depth-1
	}
	if t == ".." {
		t, depth = "", depth-1
	}
	if depth < 0 || depth == 0 && t == "" {
		return invalid("symlinks", "the symbolic link %q leads out of the delivery", l.Path)
	}
	for part := range strings.SplitSeq(t, "/") {
		if part == "." || part == ".." || part == "" && t != "" {
			return invalid("symlinks", "the target of the symbolic link %q is not a plain relative path", l.Path)
		}
	}
	return nil
}

// below reports whether a parent folder of the path is taken.
func below(path string, taken map[string]bool) bool {
	for i := strings.IndexByte(path, '/'); i >= 0; {
		if taken[path[:i]] {
			return true
		}
		next := strings.IndexByte(path[i+1:], '/')
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

// samePath maps paths that differ only in case to the same key.
func samePath(path string) string { return strings.ToLower(path) }
