package download

import (
	"bytes"
	"fmt"
	"image"
	"net/http"
	"path"
	"time"

	"handover/backend/order"
	"handover/backend/safename"
)

// OriginalSize is the header of a rendition with the size of its image in pixels:
// 6000x4000.
const OriginalSize = "Handover-Original-Size"

// Picture is a rendition of an image.
type Picture struct {
	Content []byte
	Type    string
	Of      image.Point // the size of the image in pixels
}

// ServeThumbnail answers a GET or HEAD with a small picture of f, a JPEG; with 204
// for nil. A delivered file never changes, so the browser may cache the picture
// forever.
func ServeThumbnail(w http.ResponseWriter, r *http.Request, f order.File, picture []byte) {
	if picture == nil {
		serveNone(w)
		return
	}
	servePicture(w, r, f, picture, "image/jpeg", "thumbnail")
}

// ServeRendition is [ServeThumbnail] for a rendition.
func ServeRendition(w http.ResponseWriter, r *http.Request, f order.File, picture *Picture) {
	if picture == nil {
		serveNone(w)
		return
	}
	w.Header().Set(OriginalSize, fmt.Sprintf("%dx%d", picture.Of.X, picture.Of.Y))
	servePicture(w, r, f, picture.Content, picture.Type, "rendition")
}

func serveNone(w http.ResponseWriter) {
	// A later version of the server may be able to make one.
	w.Header().Set("Cache-Control", "private, max-age=86400")
	w.WriteHeader(http.StatusNoContent)
}

func servePicture(w http.ResponseWriter, r *http.Request, f order.File, picture []byte, kind, what string) {
	extension := ".jpg"
	if kind == "image/png" {
		extension = ".png"
	}
	name := safename.Part(path.Base(f.Path)) + extension
	setHeader(w, name, kind, "inline")
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	w.Header().Set("ETag", `"`+f.SHA256+`-`+what+`"`)
	http.ServeContent(newPatient(w), r, name, time.Time{}, bytes.NewReader(picture))
}
