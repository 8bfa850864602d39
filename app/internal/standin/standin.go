// Package standin recognises files that stand for others: placeholders of
// clouds, whose content is elsewhere, pointers of version control, and
// shortcuts. It knows no drafts and no folders, and never has a cloud download
// a file: what an attribute says is asked before anything is read.
package standin

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Placeholder stands for a file whose content is not on this computer.
type Placeholder struct {
	Service string // who has the content: iCloud, Nextcloud, Git LFS …; "the cloud" when that is not known
}

// ends are what clouds append to the names of files whose content they have.
var ends = map[string]string{".nextcloud": "Nextcloud", ".owncloud": "ownCloud", ".cloud": "odrive"}

const icloud = ".icloud"

// RealName returns the name of the file that a placeholder of another name
// stands for, and which service put it there. It is the name itself for all
// other files.
func RealName(name string) (real, service string) {
	if rest, found := strings.CutPrefix(name, "."); found && strings.HasSuffix(rest, icloud) && len(rest) > len(icloud) {
		return strings.TrimSuffix(rest, icloud), "iCloud"
	}
	ext := filepath.Ext(name)
	// Only what has another ending before is the name of a file.
	if service := ends[strings.ToLower(ext)]; service != "" && filepath.Ext(strings.TrimSuffix(name, ext)) != "" {
		return strings.TrimSuffix(name, ext), service
	}
	return name, ""
}

// names are those that placeholders of a file have.
func names(name string) []string {
	list := []string{"." + name + icloud}
	for end := range ends {
		list = append(list, name+end)
	}
	return list
}

// Seen reports whether a file is a placeholder by what lstat says of it.
func Seen(info fs.FileInfo) (Placeholder, bool) {
	return Placeholder{"the cloud"}, info.Mode().IsRegular() && isAway(info)
}

// Look reports whether a placeholder is at a path, or in place of the file that
// was there: iCloud and others give it another name. It reads the content of
// very small files only.
func Look(path string) (Placeholder, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return beside(path)
	}
	if p, found := Seen(info); found {
		return p, true
	}
	if !info.Mode().IsRegular() || info.Size() > maxPointer {
		return Placeholder{}, false
	}
	head := read(path, maxPointer)
	for start, service := range pointers {
		if bytes.HasPrefix(head, []byte(start)) {
			return Placeholder{service}, true
		}
	}
	return Placeholder{}, false
}

// beside looks for a placeholder of another name.
func beside(path string) (Placeholder, bool) {
	dir, name := filepath.Split(path)
	for _, other := range names(name) {
		if _, err := os.Lstat(filepath.Join(dir, other)); err == nil {
			_, service := RealName(other)
			return Placeholder{service}, service != ""
		}
	}
	return Placeholder{}, false
}

// maxPointer is how large a pointer of version control is at most, in bytes.
const maxPointer = 1024

// pointers are how files of version control begin that stand for large ones.
var pointers = map[string]string{
	"version https://git-lfs.github.com/spec/": "Git LFS",
	"version https://hawser.github.com/spec/":  "Git LFS",
	"/annex/objects/":                          "git-annex",
}

// Message says what the placeholder is and what to do.
func (p Placeholder) Message() string {
	switch p.Service {
	case "Git LFS":
		return "this is only a pointer of Git LFS, the file itself is not here; run “git lfs pull”, or remove it from the draft"
	case "git-annex":
		return "this is only a pointer of git-annex, the file itself is not here; run “git annex get”, or remove it from the draft"
	case "iCloud":
		return "the file is in iCloud, not on this computer; download it first: in Finder choose “Download Now”, or remove it from the draft"
	case "Nextcloud", "ownCloud":
		return "the file is in " + p.Service + ", not on this computer; download it first: choose “Make always available locally”, or remove it from the draft"
	}
	return "the file is in " + p.Service + ", not on this computer; download it first: choose “Always keep on this device”, or remove it from the draft"
}

// shortcuts are the endings of files that only lead to others.
var shortcuts = map[string]string{
	".lnk": "Windows", ".url": "web link", ".website": "web link", ".webloc": "web link", ".inetloc": "web link", ".fileloc": "macOS",
	".gdoc": "Google Docs", ".gsheet": "Google Sheets", ".gslides": "Google Slides", ".gdraw": "Google Drawings", ".gform": "Google Forms",
	".gtable": "Google Fusion Tables", ".gscript": "Google Apps Script", ".gsite": "Google Sites", ".gmap": "Google My Maps",
	".gjam": "Google Jamboard", ".glink": "Google Drive", ".gshortcut": "Google Drive", ".boxnote": "Box Notes", ".paper": "Dropbox Paper",
}

// alias is how Finder's aliases begin.
const alias = "book\x00\x00\x00\x00mark\x00\x00\x00\x00"

// Shortcut returns whose shortcut a file is; "" for one that is none. source is
// where it lies.
func Shortcut(name, source string) string {
	if kind := shortcuts[strings.ToLower(filepath.Ext(name))]; kind != "" {
		return kind
	}
	switch head := read(source, 256); {
	case bytes.HasPrefix(head, []byte(alias)):
		return "macOS"
	case bytes.HasPrefix(head, []byte("[Desktop Entry]")) && bytes.Contains(head, []byte("Type=Link")):
		return "Linux"
	}
	return ""
}

// read returns how a file begins; nothing when it cannot be read.
func read(path string, n int64) []byte {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, n))
	if err != nil {
		return nil
	}
	return head
}
