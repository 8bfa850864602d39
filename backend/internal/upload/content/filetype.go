package content

import (
	"errors"
	"io"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

const (
	// OctetStream is the type of unknown content.
	OctetStream = "application/octet-stream"
	// SniffLen is how many bytes of the content determine its type. It is mimetype's
	// default.
	SniffLen = 3072
)

// DetectType returns the media type of content from its first bytes. The name only
// distinguishes kinds of plain text; it never makes a file active content. Only a few
// extensions are known, because the system's own table of extensions would make the
// type depend on the computer.
func DetectType(content io.ReaderAt, name string) string {
	head := make([]byte, SniffLen)
	n, err := content.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return OctetStream
	}
	return TypeOf(head[:n], name)
}

// TypeOf is [DetectType] of content that begins with head.
func TypeOf(head []byte, name string) string {
	if len(head) == 0 {
		return OctetStream
	}
	found := mimetype.Detect(head)
	if found.Is("text/plain") {
		switch strings.ToLower(path.Ext(name)) {
		case ".md", ".markdown":
			return "text/markdown; charset=utf-8"
		case ".csv":
			return "text/csv; charset=utf-8"
		}
	}
	return found.String()
}
