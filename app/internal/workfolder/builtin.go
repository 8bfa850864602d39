package workfolder

import (
	"slices"
	"strings"
)

// set makes looking up as quick as it has to be for every file of a large folder.
func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// All of these are folded.
var (
	// What browsers, editors and office programs keep beside a file while they
	// write it, by the last part of the name.
	temporaryEnds = set(".part", ".partial", ".crdownload", ".opdownload", ".download", ".!ut", ".!qb", ".aria2", ".filepart",
		".tmp", ".temp", ".swp", ".swo", ".swx", ".lck", ".laccdb", ".prlock", ".idlk")
	// Safari keeps a download in a folder.
	temporaryFolderEnds = set(".download")
	// By how it begins: Office, LibreOffice, Emacs, files that are deleted but still open.
	temporaryStarts = []string{"~$", ".~lock.", ".#", "~wrl", ".fuse_hidden", ".nfs0", ".goutputstream-", ".syncthing."}

	systemNames = set(".ds_store", "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", ".directory", ".localized",
		"$recycle.bin", "system volume information", "__macosx", ".spotlight-v100", ".fseventsd", ".temporaryitems",
		".documentrevisions-v100", ".volumeicon.icns", ".trashes", ".trash", ".apdisk", "lost+found")
	systemStarts = []string{"._", ".trash-"}

	// Folders for what is not finished work, in both languages.
	unfinishedFolders = set("drafts", "draft", "entwürfe", "entwurf", "wip", "samples", "sample", "muster")
)

// builtIn is why a name is left out with no rules at all; "" when it is not.
func builtIn(name string, dir bool) Reason {
	name = folded(name)
	switch {
	case systemNames[name], name[0] == '.' && starts(name, systemStarts):
		return System
	case (name[0] == '.' || name[0] == '~') && starts(name, temporaryStarts):
		return Temporary
	case dir && unfinishedFolders[name]:
		return Unfinished
	case dir && temporaryFolderEnds[extension(name)], !dir && (temporaryEnds[extension(name)] || name[len(name)-1] == '~'):
		return Temporary
	case name[0] == '.':
		return Hidden
	}
	return ""
}

func extension(name string) string { return name[max(0, strings.LastIndexByte(name, '.')):] }

func starts(name string, with []string) bool {
	return slices.ContainsFunc(with, func(p string) bool { return strings.HasPrefix(name, p) })
}

// isOwn names the files by which Handover knows a folder; they are part of no
// order and not reported.
func isOwn(name string) bool {
	return name == IDFile || name == IgnoreFile || name == rootMark || strings.HasPrefix(name, ownTemporary)
}
