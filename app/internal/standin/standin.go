// Package standin recognizes files that represent others: placeholders of cloud services,
// pointers of version control, and shortcuts. It does not know drafts or folders. It checks
// attributes before it reads a file, so that it never causes a download.
package standin

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Placeholder represents a file whose content is not on this computer.
type Placeholder struct {
	Service string // the service with the content: iCloud, Nextcloud, Git LFS …; "the cloud" if unknown
}

// ends are extensions that cloud services append to the names of placeholders.
var ends = map[string]string{".nextcloud": "Nextcloud", ".owncloud": "ownCloud", ".cloud": "odrive"}

const icloud = ".icloud"

// RealName returns the name of the file that a placeholder of this name represents, and the
// service that made it. For other names it returns the name itself.
func RealName(name string) (real, service string) {
	if rest, found := strings.CutPrefix(name, "."); found && strings.HasSuffix(rest, icloud) && len(rest) > len(icloud) {
		return strings.TrimSuffix(rest, icloud), "iCloud"
	}
	ext := filepath.Ext(name)
	// The rest is a file's name only if it has another extension.
	if service := ends[strings.ToLower(ext)]; service != "" && filepath.Ext(strings.TrimSuffix(name, ext)) != "" {
		return strings.TrimSuffix(name, ext), service
	}
	return name, ""
}

// names returns the possible names of a file's placeholders.
func names(name string) []string {
	list := []string{"." + name + icloud}
	for end := range ends {
		list = append(list, name+end)
	}
	return list
}

// Seen reports whether the result of lstat is that of a placeholder.
func Seen(info fs.FileInfo) (Placeholder, bool) {
	return Placeholder{"the cloud"}, info.Mode().IsRegular() && isAway(info)
}

// Probe reports whether a placeholder exists at a path, or under the other name that iCloud
// and similar services give it. It reads only very small files.
func Probe(path string) (Placeholder, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return hiddenPlaceholder(path)
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

// hiddenPlaceholder searches for a placeholder under another name.
func hiddenPlaceholder(path string) (Placeholder, bool) {
	dir, name := filepath.Split(path)
	for _, other := range names(name) {
		if _, err := os.Lstat(filepath.Join(dir, other)); err == nil {
			_, service := RealName(other)
			return Placeholder{service}, service != ""
		}
	}
	return Placeholder{}, false
}

// maxPointer is the largest size of a version control pointer, in bytes.
const maxPointer = 1024

// pointers are the beginnings of version control pointers.
var pointers = map[string]string{
	"version https://git-lfs.github.com/spec/": "Git LFS",
	"version https://hawser.github.com/spec/":  "Git LFS",
	"/annex/objects/":                          "git-annex",
}

// Message describes the placeholder and what to do.
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

// shortcuts are the extensions of shortcuts.
var shortcuts = map[string]string{
	".lnk": "Windows", ".url": "web link", ".website": "web link", ".webloc": "web link", ".inetloc": "web link", ".fileloc": "macOS",
	".gdoc": "Google Docs", ".gsheet": "Google Sheets", ".gslides": "Google Slides", ".gdraw": "Google Drawings", ".gform": "Google Forms",
	".gtable": "Google Fusion Tables", ".gscript": "Google Apps Script", ".gsite": "Google Sites", ".gmap": "Google My Maps",
	".gjam": "Google Jamboard", ".glink": "Google Drive", ".gshortcut": "Google Drive", ".boxnote": "Box Notes", ".paper": "Dropbox Paper",
}

// alias is the beginning of Finder's aliases.
const alias = "book\x00\x00\x00\x00mark\x00\x00\x00\x00"

// Shortcut returns whose shortcut a file is; "" for other files. source is its path.
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

// read returns the beginning of a file; nil if it cannot be read.
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
