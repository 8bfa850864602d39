package upload

import (
	"errors"
	"io"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

const (
	octetStream = "application/octet-stream"
	sniffLen    = 3072 // what mimetype looks at by default
)

// detectType tells the media type from the first bytes. The name only says
// which kind of plain text it is; it never makes a file active content. The
// names are few on purpose: the system's own table of extensions would make the
// type depend on the computer.
func detectType(content io.ReaderAt, name string) string {
	head := make([]byte, sniffLen)
	n, err := content.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return octetStream
	}
	return typeOf(head[:n], name)
}

// typeOf is detectType of content that begins with head.
func typeOf(head []byte, name string) string {
	if len(head) == 0 {
		return octetStream
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
