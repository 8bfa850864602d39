package httpapi

import (
	"context"
	"io"
	"net/http"

	"handover/backend/internal/download"
	"handover/backend/order"
)

// Thumbnails makes small pictures of delivered images.
type Thumbnails interface {
	// Of returns the thumbnail of a file, whose content it opens when it has
	// to; nil for a file that has none. Its errors are faults.
	Of(ctx context.Context, f order.File, open func() (io.ReadSeekCloser, error)) ([]byte, error)
}

// thumbnail serves a small picture of one delivered image. A file that has none,
// whatever the reason, is answered with 204: the page then shows an icon, and
// nothing has gone wrong.
func (s *Server) thumbnail(w http.ResponseWriter, r *http.Request) {
	_, _, d, err := s.delivery(r)
	var f order.File
	if err == nil {
		f, err = fileOf(d, r.PathValue("file"))
	}
	if err != nil {
		writeProblem(w, s.refuse(err))
		return
	}
	picture, err := s.Thumbnails.Of(r.Context(), f, func() (io.ReadSeekCloser, error) { return s.Files.OpenFile(r.Context(), f.ID) })
	if err != nil {
		if r.Context().Err() == nil { // the asker is still there
			s.Log.ErrorContext(r.Context(), "no thumbnail", "error", err)
		}
		w.WriteHeader(http.StatusNoContent)
		return
	}
	download.ServeThumbnail(w, r, f, picture)
}
