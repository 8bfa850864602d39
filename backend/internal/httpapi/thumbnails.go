package httpapi

import (
	"context"
	"io"
	"net/http"

	"handover/backend/internal/download"
	"handover/backend/order"
)

// open opens the content of a file.
type open = func() (io.ReadSeekCloser, error)

// Thumbnails makes small pictures of delivered images.
type Thumbnails interface {
	// Of returns the thumbnail of a file, whose content it opens when it has
	// to; nil for a file that has none. Its errors are faults.
	Of(ctx context.Context, f order.File, open func() (io.ReadSeekCloser, error)) ([]byte, error)
}

// Renditions makes pictures of delivered images that fill a screen.
type Renditions interface {
	// Of returns the rendition of a file, as [Thumbnails] returns thumbnails.
	Of(ctx context.Context, f order.File, open func() (io.ReadSeekCloser, error)) (*download.Picture, error)
}

// thumbnail serves a small picture of one delivered image. A file that has none,
// whatever the reason, is answered with 204: the page then shows an icon, and
// nothing has gone wrong.
func (s *Server) thumbnail(w http.ResponseWriter, r *http.Request) {
	s.picture(w, r, func(f order.File, content open) error {
		picture, err := s.Thumbnails.Of(r.Context(), f, content)
		if err == nil {
			download.ServeThumbnail(w, r, f, picture)
		}
		return err
	})
}

// rendition serves a picture of one delivered image. A file that has none is
// answered with 204: the page then shows the file itself, where it can.
func (s *Server) rendition(w http.ResponseWriter, r *http.Request) {
	s.picture(w, r, func(f order.File, content open) error {
		picture, err := s.Renditions.Of(r.Context(), f, content)
		if err == nil {
			download.ServeRendition(w, r, f, picture)
		}
		return err
	})
}

// picture finds the file that a request names for serve, whose errors are those
// of making the picture.
func (s *Server) picture(w http.ResponseWriter, r *http.Request, serve func(order.File, open) error) {
	_, _, d, err := s.delivery(r)
	var f order.File
	if err == nil {
		f, err = fileOf(d, r.PathValue("file"))
	}
	if err != nil {
		writeProblem(w, s.refuse(err))
		return
	}
	if err := serve(f, func() (io.ReadSeekCloser, error) { return s.Files.OpenFile(r.Context(), f.ID) }); err != nil {
		if r.Context().Err() == nil { // the asker is still there
			s.Log.ErrorContext(r.Context(), "no picture", "error", err)
		}
		w.WriteHeader(http.StatusNoContent)
	}
}
