package download

import (
	"bytes"
	"net/http"
	"path"
	"time"

	"handover/backend/order"
	"handover/backend/safename"
)

// ServeThumbnail answers a GET or HEAD with a small picture of f, a JPEG; with
// 204 when there is none. A delivered file never changes, so the browser that
// was let see it may keep the picture, and asks no more.
func ServeThumbnail(w http.ResponseWriter, r *http.Request, f order.File, picture []byte) {
	if picture == nil {
		// A later version of the server may know how to make one.
		w.Header().Set("Cache-Control", "private, max-age=86400")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	name := safename.Part(path.Base(f.Path)) + ".jpg"
	setHeader(w, name, "image/jpeg", "inline")
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	w.Header().Set("ETag", `"`+f.SHA256+`-thumbnail"`)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(picture))
}
