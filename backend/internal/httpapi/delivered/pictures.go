package delivered

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
	// Of returns the thumbnail of a file, nil for a file without one. It calls
	// open only if it needs the content. Its errors are faults.
	Of(ctx context.Context, f order.File, open func() (io.ReadSeekCloser, error)) ([]byte, error)
}

// Renditions makes pictures of delivered images that fill a screen.
type Renditions interface {
	// Of returns the rendition of a file, as [Thumbnails] returns thumbnails.
	Of(ctx context.Context, f order.File, open func() (io.ReadSeekCloser, error)) (*download.Picture, error)
}

// thumbnail serves a small picture of one delivered image. The answer for a file
// without one is 204: the page then shows an icon.
func (s *Handler) thumbnail(w http.ResponseWriter, r *http.Request) {
	s.picture(w, r, func(f order.File, content open) error {
		picture, err := s.Thumbnails.Of(r.Context(), f, content)
		if err != nil {
			return err
		}
		download.ServeThumbnail(w, r, f, picture)
		return nil
	})
}

// rendition serves a picture of one delivered image that fills a screen. The
// answer for a file without one is 204: the page then shows the file itself, if
// the browser can.
func (s *Handler) rendition(w http.ResponseWriter, r *http.Request) {
	s.picture(w, r, func(f order.File, content open) error {
		picture, err := s.Renditions.Of(r.Context(), f, content)
		if err != nil {
			return err
		}
		download.ServeRendition(w, r, f, picture)
		return nil
	})
}

// picture calls serve for the file that a request names. serve returns errors
// from making the picture; they are answered with 204.
func (s *Handler) picture(w http.ResponseWriter, r *http.Request, serve func(order.File, open) error) {
	_, f, err := s.findFile(r)
	if err != nil {
		s.refuse(w, err)
		return
	}
	if err := serve(f, func() (io.ReadSeekCloser, error) { return s.Files.OpenFile(r.Context(), f.ID) }); err != nil {
		if r.Context().Err() == nil { // the client is still connected
			s.Log.ErrorContext(r.Context(), "picture could not be made", "error", err)
		}
		w.WriteHeader(http.StatusNoContent)
	}
}
