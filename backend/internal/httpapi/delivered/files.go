package delivered

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"handover/backend/internal/download"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// file serves one delivered file, in ranges if the request has them.
func (s *Handler) file(w http.ResponseWriter, r *http.Request) {
	t, f, err := s.findFile(r)
	if err != nil {
		s.refuse(w, err)
		return
	}
	sent := func() { s.Record(t.sender, t.order, t.delivery.Number, f.ID) }
	if s.Redirect != nil && r.Method == http.MethodGet {
		err = s.redirect(w, r, f, sent)
	} else {
		err = s.content(r.Context(), f, func(content io.ReadSeeker) error {
			return download.ServeFile(&fetched{w, sent}, r, f, content, t.delivery.DeliveredAt)
		})
	}
	if err != nil {
		s.refuse(w, err)
	}
}

// redirect sends the client to the bucket. The bucket does not report downloads,
// so the redirect counts as one.
func (s *Handler) redirect(w http.ResponseWriter, r *http.Request, f order.File, sent func()) error {
	contentType, disposition := download.Attachment(f)
	address, err := s.Redirect(r.Context(), f.ID, contentType, disposition)
	if err != nil {
		return unopened(f, err)
	}
	h := w.Header()
	h.Set("Location", address)
	h.Set("Cache-Control", "no-store") // the address alone opens the file
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(http.StatusTemporaryRedirect)
	sent()
	return nil
}

// preview serves one delivered file for the buyer's page to show, if its type
// cannot run anything. A preview does not count as a download.
func (s *Handler) preview(w http.ResponseWriter, r *http.Request) {
	t, f, err := s.findFile(r)
	if err != nil {
		s.refuse(w, err)
		return
	}
	if download.PreviewType(f.Type) == "" {
		s.refuse(w, noPreview)
		return
	}
	err = s.content(r.Context(), f, func(content io.ReadSeeker) error {
		return download.ServePreview(w, r, f, content, t.delivery.DeliveredAt)
	})
	if err != nil {
		s.refuse(w, err)
	}
}

// content opens a delivered file for serve.
func (s *Handler) content(ctx context.Context, f order.File, serve func(io.ReadSeeker) error) error {
	content, err := s.Files.OpenFile(ctx, f.ID)
	if err != nil {
		return unopened(f, err)
	}
	defer content.Close()
	if err := serve(content); err != nil {
		return fmt.Errorf("serve delivered file %s: %w", f.ID, err)
	}
	return nil
}

// unopened returns the error for a delivered file that cannot be opened. Most
// causes are not wrapped: a missing delivered file is a fault, not a 404.
func unopened(f order.File, err error) error {
	if errors.Is(err, store.ErrUnavailable) {
		return fmt.Errorf("open delivered file %s: %w", f.ID, err)
	}
	return fmt.Errorf("open delivered file %s: %s", f.ID, err.Error())
}

// archive serves the files of a delivery, or those that the request names, as one
// zip.
func (s *Handler) archive(w http.ResponseWriter, r *http.Request) {
	t, err := s.find(r)
	if err != nil {
		s.refuse(w, err)
		return
	}
	o, d := t.order, t.delivery
	var wanted map[string]bool // nil for all
	if query := r.URL.Query(); query.Has("files") {
		if wanted, err = chosen(d, query["files"]); err != nil {
			s.refuse(w, err)
			return
		}
	}
	sent := func() {
		if wanted == nil {
			s.Record(t.sender, o, d.Number, order.Archive)
			return
		}
		for _, f := range d.Files {
			if wanted[f.ID] {
				s.Record(t.sender, o, d.Number, f.ID)
			}
		}
	}
	download.ServeZip(&fetched{w, sent}, r, download.Zip{
		Name: fmt.Sprintf("%s %d.zip", o.Title, d.Number), Delivery: d, Wanted: wanted, Checksums: &s.checksums, Log: s.Log,
		Open: func(id string) (io.ReadSeekCloser, error) { return s.Files.OpenFile(r.Context(), id) },
	})
}

// chosen returns the files of the delivery that the lists of comma-separated IDs
// name. One unknown ID refuses the whole request, so that a zip never silently
// lacks a file.
func chosen(d order.Delivery, lists []string) (map[string]bool, error) {
	wanted := map[string]bool{}
	for _, list := range lists {
		for id := range strings.SplitSeq(list, ",") {
			wanted[id] = true
		}
	}
	found := 0
	for _, f := range d.Files {
		if wanted[f.ID] {
			found++
		}
	}
	if found < len(wanted) {
		return nil, noFile
	}
	return wanted, nil
}
