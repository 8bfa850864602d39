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

// shown are the media that a preview hands to the browser's own decoders. What
// can hold script is not among them and never may be: HTML, XML, PDF.
var shown = []string{
	"image/png", "image/apng", "image/vnd.mozilla.apng", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp",
	"video/mp4", "video/webm", "video/quicktime", "video/ogg", "video/x-m4v",
	"audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/aac", "audio/wav", "audio/ogg", "audio/flac", "audio/webm",
}

// written are the types that are text without being called so.
var written = []string{
	"application/json", "application/x-ndjson", "application/javascript", "application/xml",
	"application/x-subrip", "application/x-sh", "application/x-python", "application/x-perl", "application/x-php",
}

// plain is what every text is served as: no browser looks for markup in it.
const plain = "text/plain; charset=utf-8"

// pages is the type of what the page draws by itself, and opaque what it is served
// as: a browser that is sent there saves it, and no reader runs its scripts.
const (
	pages  = "application/pdf"
	opaque = "application/octet-stream"
)

// drawing is the type of an SVG. Within <img> no browser runs its scripts or loads
// anything for it; drawingPolicy says the same to one that opens it by itself,
// and the drawing keeps its styles, and the images and fonts that it holds.
const (
	drawing       = "image/svg+xml"
	drawingPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
)

// PreviewType returns the type that a file of a type is previewed with: its own
// for images, video and audio that cannot act, and for SVG, plain text for every
// kind of text, markup too, mere bytes for a PDF, and "" for what is only to be
// downloaded. The type must come from the content, not from what its sender
// called it.
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
		disposition = "attachment" // <img> shows a drawing nevertheless
	}
	return serve(w, r, f, content, modified, contentType, disposition)
}
