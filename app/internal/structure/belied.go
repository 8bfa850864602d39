package structure

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// named lists the kinds that a file with an extension may have. Ambiguous extensions, such
// as .ts and .doc, are not listed.
var named = map[string]string{
	"zip": "zip", "docx": "zip doc", "xlsx": "zip doc", "pptx": "zip doc", "odt": "zip", "ods": "zip", "odp": "zip", "epub": "zip",
	"idml": "zip", "sketch": "zip", "usdz": "zip", "3mf": "zip", "kmz": "zip", "cbz": "zip",
	"7z": "7z", "rar": "rar", "gz": "gzip", "tgz": "gzip", "xz": "xz", "zst": "zst", "bz2": "bz2", "tar": "tar",
	"png": "png", "jpg": "jpeg", "jpeg": "jpeg", "gif": "gif", "webp": "webp", "psd": "psd", "psb": "psd", "exr": "exr",
	"tif": "tiff", "tiff": "tiff", "bmp": "bmp", "heic": kindHEIF, "heif": kindHEIF, "avif": kindAVIF,
	"wav": "wav mp3", "w64": "wav", "aif": "aiff", "aiff": "aiff", "aifc": "aiff", "flac": "flac", "ogg": "ogg", "oga": "ogg", "opus": "ogg",
	"m4a": "mp4 mov", "mp3": "mp3 wav",
	"mp4": "mp4 mov", "m4v": "mp4 mov", "mov": "mov mp4", "mkv": "mkv", "webm": "mkv", "avi": "avi", "mxf": "mxf", "ogv": "ogg",
	"pdf": "pdf", "eps": "eps pdf", "ai": "pdf eps", "ttf": "font ttc", "otf": "font ttc", "ttc": "ttc", "woff": "woff", "woff2": "woff",
	"sqlite": "sqlite", "sqlite3": "sqlite",
}

// begun lists kinds whose files may begin with other data, so an unrecognized beginning is
// not an error.
var begun = []string{"mp3", "tar", "mxf", "mov", "mov mp4", "mp4 mov"}

// belied reports whether the content is of another kind than the name says, and records
// both kinds.
func belied(v *Verdict, head []byte, name string) bool {
	kinds, known := named[extension(name)]
	if !known || slices.Contains(strings.Fields(kinds), v.Kind) {
		return false
	}
	if v.Kind == "" {
		v.Kind = textKind(head)
	}
	if v.Kind == "" && (len(head) < 32 || slices.ContainsFunc(begun, func(k string) bool { return strings.HasPrefix(kinds, k) })) {
		return false
	}
	v.Fault = Belied
	return true
}

// textKind returns the kind of a text, such as html; "" for other content.
func textKind(head []byte) string {
	found := mimetype.Detect(head)
	for m := found; m != nil; m = m.Parent() {
		if m.Is("text/plain") {
			return strings.TrimPrefix(found.Extension(), ".")
		}
	}
	return ""
}

func extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}

// volume matches the names of a split archive's parts.
var volume = regexp.MustCompile(`\.(\d{3,}|[zr]\d\d)$`)

func isVolume(name string) bool { return volume.MatchString(strings.ToLower(name)) }
