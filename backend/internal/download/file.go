// Package download serves the content of a delivery: single files, with ranges, and
// a zip of all files, made while it is sent.
//
// It does not authorize requests. The content may be hostile to its recipient, so it
// is an attachment, never a page of this site, and its names are made harmless to
// every system. Browsers display only previews, and only types that cannot run
// anything; see [ServePreview].
package download

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"handover/backend/order"
	"handover/backend/safename"
)

// ServeFile answers a GET or HEAD with the content of f: whole, or the requested
// ranges (RFC 9110, sections 13 and 14). The entity tag is strong and made from the
// SHA-256, so that a resumed download never mixes two files.
//
// When the content has another length than f, ServeFile returns an error and sends
// nothing: it never serves a damaged file.
func ServeFile(w http.ResponseWriter, r *http.Request, f order.File, content io.ReadSeeker, modified time.Time) error {
	return serve(w, r, f, content, modified, f.Type, "attachment")
}

func serve(w http.ResponseWriter, r *http.Request, f order.File, content io.ReadSeeker, modified time.Time, contentType, disposition string) error {
	size, err := content.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("download %s: %w", f.ID, err)
	}
	if size != f.Size {
		return fmt.Errorf("download %s: %d bytes are stored, %d were delivered", f.ID, size, f.Size)
	}
	name := nameOf(f)
	setHeader(w, name, contentType, disposition)
	if sum, err := hex.DecodeString(f.SHA256); err == nil && len(sum) > 0 {
		w.Header().Set("ETag", `"`+f.SHA256+`"`)
		w.Header().Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":") // RFC 9530
	}
	http.ServeContent(newPatient(w), r, name, modified, content)
	return nil
}

// Attachment returns the Content-Type and Content-Disposition of a file, for another
// server that serves it.
func Attachment(f order.File) (contentType, disposition string) {
	contentType = f.Type
	if contentType == "" {
		contentType = octetStream
	}
	return contentType, "attachment" + named(nameOf(f))
}

func nameOf(f order.File) string { return safename.Part(f.Path[strings.LastIndexByte(f.Path, '/')+1:]) }

// octetStream is the type of unknown content.
const octetStream = "application/octet-stream"

// setHeader prevents a browser from showing the content as a page of this site: it
// saves an attachment, and inline content runs and loads nothing.
func setHeader(w http.ResponseWriter, name, contentType, disposition string) {
	if contentType == "" {
		contentType = octetStream
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", disposition+named(name))
	h.Set("X-Content-Type-Options", "nosniff")
	policy := "sandbox; default-src 'none'"
	if contentType == drawing {
		policy = drawingPolicy
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	// Caches must not keep the file, and browsers must ask each time, because a
	// review link can be revoked.
	h.Set("Cache-Control", "private, no-cache")
}

// named returns the name for a Content-Disposition (RFC 6266), twice: in ASCII for
// old clients, and in full (RFC 8187).
func named(name string) string {
	var ascii, full strings.Builder
	for _, r := range name {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%`, r) {
			r = '_'
		}
		ascii.WriteRune(r)
	}
	for _, b := range []byte(name) {
		if isAttrChar(b) {
			full.WriteByte(b)
		} else {
			fmt.Fprintf(&full, "%%%02X", b)
		}
	}
	return `; filename="` + ascii.String() + `"; filename*=UTF-8''` + full.String()
}

// isAttrChar is attr-char of RFC 8187, section 3.2.1.
func isAttrChar(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("!#$&+-.^_`|~", b) >= 0
}
