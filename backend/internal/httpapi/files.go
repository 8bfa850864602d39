package httpapi

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"handover/backend/internal/download"
	"handover/backend/order"
)

// delivery finds the delivery that a download names, for a party of the order.
func (s *Server) delivery(r *http.Request) (asker, order.Order, order.Delivery, error) {
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
		return a, order.Order{}, order.Delivery{}, &order.Error{Code: order.NotFound, Message: "there is no such delivery"}
	}
	return a, o, d, nil
}

// file serves one delivered file, in ranges if asked.
func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	a, o, d, err := s.delivery(r)
	if err != nil {
		writeProblem(w, s.refuse(err))
		return
	}
	for _, f := range d.Files {
		if f.ID != r.PathValue("file") {
			continue
		}
		content, err := s.Files.OpenFile(f.ID)
		if err != nil {
			// Not wrapped: a delivered file that is not there is a fault, no 404.
			writeProblem(w, s.refuse(fmt.Errorf("open delivered file %s: %s", f.ID, err.Error())))
			return
		}
		defer content.Close()
		w := &fetched{w, func() { s.read(a, o, d.Number, f.ID) }}
		if err := download.ServeFile(w, r, f, content, d.DeliveredAt); err != nil {
			writeProblem(w, s.refuse(fmt.Errorf("serve delivered file %s: %w", f.ID, err)))
		}
		return
	}
	writeProblem(w, newProblem(http.StatusNotFound, string(order.NotFound), "there is no such file"))
}

// archive serves all files of a delivery as one zip.
func (s *Server) archive(w http.ResponseWriter, r *http.Request) {
	a, o, d, err := s.delivery(r)
	if err != nil {
		writeProblem(w, s.refuse(err))
		return
	}
	download.ServeZip(&fetched{w, func() { s.read(a, o, d.Number, order.Archive) }}, r, download.Zip{
		Name: fmt.Sprintf("%s %d.zip", o.Title, d.Number), Modified: d.DeliveredAt, Files: d.Files, Log: s.Log,
		Open: func(id string) (io.ReadCloser, error) { return s.Files.OpenFile(id) },
	})
}
