package download

import (
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"handover/backend/order"
)

// shown are the media that a preview passes to the browser's own decoders. Types that
// can contain scripts (HTML, XML, PDF) must never be in this list.
var shown = []string{
	"image/png", "image/apng", "image/vnd.mozilla.apng", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp",
	"video/mp4", "video/webm", "video/quicktime", "video/ogg", "video/x-m4v",
	"audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/aac", "audio/wav", "audio/ogg", "audio/flac", "audio/webm",
}

// written are text types without the prefix text/.
var written = []string{
	"application/json", "application/x-ndjson", "application/javascript", "application/xml",
	"application/x-subrip", "application/x-sh", "application/x-python", "application/x-perl", "application/x-php",
}

// plain is the served type of all text: browsers do not interpret markup in it.
const plain = "text/plain; charset=utf-8"

// pages is the type that the page draws itself, and opaque the type as it is served:
// a browser that opens the address saves the file, and no viewer runs its scripts.
const (
	pages  = "application/pdf"
	opaque = "application/octet-stream"
)

// drawing is the type of an SVG. In <img> browsers neither run its scripts nor load
// anything for it. drawingPolicy forbids the same when a browser opens it directly,
// but allows its styles and the images and fonts inside it.
const (
	drawing       = "image/svg+xml"
	drawingPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
)

// PreviewType returns the type for the preview of a file: its own type for SVG and
// for images, video and audio without scripts, plain text for all text and markup,
// application/octet-stream for a PDF, and "" for files without a preview. The
// argument must be detected from the content, not declared by the sender.
func PreviewType(contentType string) string {
	base, _, err := mime.ParseMediaType(contentType)
	switch {
	case err != nil:
		return ""
	case slices.Contains(shown, base), base == drawing:
		return base
	case base == pages:
		return opaque
	case strings.HasPrefix(base, "text/"), strings.HasSuffix(base, "+xml"), strings.HasSuffix(base, "+json"), slices.Contains(written, base):
		return plain
	}
	return ""
}

// ServePreview is [ServeFile] for showing the file within a page of this site.
// The type must have a [PreviewType].
func ServePreview(w http.ResponseWriter, r *http.Request, f order.File, content io.ReadSeeker, modified time.Time) error {
	contentType, disposition := PreviewType(f.Type), "inline"
	if contentType == opaque || contentType == drawing {
		disposition = "attachment" // <img> shows the drawing anyway
	}
	return serve(w, r, f, content, modified, contentType, disposition)
}
