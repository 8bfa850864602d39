package workfolder

import (
	"slices"
	"strings"
)

var (
	// What browsers, editors and office programs keep beside a file while they
	// write it, by how the name ends.
	temporaryEnds = []string{
		".part", ".partial", ".crdownload", ".download", ".opdownload", ".!ut", ".!qb", ".aria2", ".filepart",
		".tmp", ".temp", ".swp", ".swo", ".swx", ".lck", ".laccdb", ".prlock", ".idlk", "~",
	}
	// Safari keeps a download in a folder.
	temporaryFolderEnds = []string{".download"}
	// By how it begins: Office, LibreOffice, Emacs, files that are deleted but still open.
	temporaryStarts = []string{"~$", ".~lock.", ".#", "~wrl", ".fuse_hidden", ".nfs0", ".goutputstream-", ".syncthing."}

	systemNames = []string{
		".ds_store", "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", ".directory", ".localized",
		"$recycle.bin", "system volume information", "__macosx", ".spotlight-v100", ".fseventsd", ".temporaryitems",
		".documentrevisions-v100", ".volumeicon.icns", ".trashes", ".trash", ".apdisk", "lost+found",
	}
	systemStarts = []string{"._", ".trash-"}

	// Folders for what is not finished work, in both languages.
	unfinishedFolders = []string{"drafts", "draft", "entwürfe", "entwurf", "wip", "samples", "sample", "muster"}
)

// builtIn is why a name is left out with no rules at all; "" when it is not.
func builtIn(name string, dir bool) Reason {
	name = folded(name)
	ends := temporaryEnds
	if dir {
		ends = temporaryFolderEnds
	}
	starts := func(p string) bool { return strings.HasPrefix(name, p) }
	switch {
	case slices.Contains(systemNames, name), slices.ContainsFunc(systemStarts, starts):
		return System
	case slices.ContainsFunc(temporaryStarts, starts), slices.ContainsFunc(ends, func(e string) bool { return strings.HasSuffix(name, e) }):
		return Temporary
	case dir && slices.Contains(unfinishedFolders, name):
		return Unfinished
	case name[0] == '.':
		return Hidden
	}
	return ""
}

// isOwn names the files by which Handover knows a folder; they are part of no
// order and not reported.
func isOwn(name string) bool {
	return name == IDFile || name == IgnoreFile || name == rootMark || strings.HasPrefix(name, ownTemporary)
}
