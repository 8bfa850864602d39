package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"handover/backend/internal/download"
	"handover/backend/internal/store"
	"handover/backend/order"
)

var (
	noDelivery = &order.Error{Code: order.NotFound, Message: "there is no such delivery"}
	noFile     = &order.Error{Code: order.NotFound, Message: "there is no such file"}
	noPreview  = &order.Error{Code: order.NotFound, Message: "this file has no preview; download it"}
)

// delivery finds the delivery that a download names, for whoever may look at the
// order.
func (s *Server) delivery(r *http.Request) (principal, order.Order, order.Delivery, error) {
	id := r.PathValue("id")
	a, err := s.identify(r, id)
	if err != nil {
		return a, order.Order{}, order.Delivery{}, err
	}
	o, err := s.load(r.Context(), a, id)
	if err != nil {
		return a, order.Order{}, order.Delivery{}, err
	}
	n, _ := strconv.Atoi(r.PathValue("n")) // 0 is no delivery's number
	d, ok := o.Delivery(n)
	if !ok {
		return a, order.Order{}, order.Delivery{}, noDelivery
	}
	return a, o, d, nil
}

// file serves one delivered file, in ranges if asked.
func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	a, o, d, err := s.delivery(r)
	if err == nil {
		var f order.File
		if f, err = fileOf(d, r.PathValue("file")); err == nil {
			read := func() { s.read(a, o, d.Number, f.ID) }
			if s.Redirect != nil && r.Method == http.MethodGet {
				err = s.redirect(w, r, f, read)
			} else {
				err = s.content(r.Context(), f, func(content io.ReadSeeker) error {
					return download.ServeFile(&fetched{w, read}, r, f, content, d.DeliveredAt)
				})
			}
		}
	}
	if err != nil {
		writeProblem(w, s.refuse(err))
	}
}

// redirect sends who wants a file to where it is kept. That they take it from
// there nobody tells us; it counts as read.
func (s *Server) redirect(w http.ResponseWriter, r *http.Request, f order.File, read func()) error {
	contentType, disposition := download.Attachment(f)
	address, err := s.Redirect(r.Context(), f.ID, contentType, disposition)
	if err != nil {
		return unopened(f, err)
	}
	h := w.Header()
	h.Set("Location", address)
	h.Set("Cache-Control", "no-store") // who has the address has the file
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(http.StatusTemporaryRedirect)
	read()
	return nil
}

// preview serves one delivered file for the buyer's page to show, if it is of a
// kind that cannot act. Looking at it does not count as downloading it.
func (s *Server) preview(w http.ResponseWriter, r *http.Request) {
	_, _, d, err := s.delivery(r)
	if err == nil {
		var f order.File
		f, err = fileOf(d, r.PathValue("file"))
		switch {
		case err != nil:
		case download.PreviewType(f.Type) == "":
			err = noPreview
		default:
			err = s.content(r.Context(), f, func(content io.ReadSeeker) error {
				return download.ServePreview(w, r, f, content, d.DeliveredAt)
			})
		}
	}
	if err != nil {
		writeProblem(w, s.refuse(err))
	}
}

func fileOf(d order.Delivery, id string) (order.File, error) {
	i := slices.IndexFunc(d.Files, func(f order.File) bool { return f.ID == id })
	if i < 0 {
		return order.File{}, noFile
	}
	return d.Files[i], nil
}

// content opens a delivered file for serve. Most errors are not wrapped: a
// delivered file that is not there is a fault, no 404.
func (s *Server) content(ctx context.Context, f order.File, serve func(io.ReadSeeker) error) error {
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

// unopened is the error for a delivered file that cannot be opened.
func unopened(f order.File, err error) error {
	if errors.Is(err, store.ErrUnavailable) {
		return fmt.Errorf("open delivered file %s: %w", f.ID, err)
	}
	return fmt.Errorf("open delivered file %s: %s", f.ID, err.Error())
}

// archive serves all files of a delivery, or those that are asked for, as one
// zip.
func (s *Server) archive(w http.ResponseWriter, r *http.Request) {
	a, o, d, err := s.delivery(r)
	var wanted map[string]bool // nil for all
	if err == nil && r.URL.Query().Has("files") {
		wanted, err = chosen(d, r.URL.Query()["files"])
	}
	if err != nil {
		writeProblem(w, s.refuse(err))
		return
	}
	sent := func() {
		if wanted == nil {
			s.read(a, o, d.Number, order.Archive)
			return
		}
		for _, f := range d.Files {
			if wanted[f.ID] {
				s.read(a, o, d.Number, f.ID)
			}
		}
	}
	download.ServeZip(&fetched{w, sent}, r, download.Zip{
		Name: fmt.Sprintf("%s %d.zip", o.Title, d.Number), Delivery: d, Wanted: wanted, Checksums: &s.checksums, Log: s.Log,
		Open: func(id string) (io.ReadSeekCloser, error) { return s.Files.OpenFile(r.Context(), id) },
	})
}

// chosen returns which files of the delivery are asked for, by IDs between
// commas. An ID that is no file's refuses all, so that no file is missing in a
// zip without a word.
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
