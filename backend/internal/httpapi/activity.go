package httpapi

import (
	"io"
	"net/http"

	"handover/backend/order"
)

// Activity notes what buyers and viewers looked at. Note returns at once and never fails.
type Activity interface {
	Note(r order.View)
}

// read notes that the asker has seen a delivery, or fetched a file of it, unless
// it is the seller or nothing new; file is as in [order.View].
func (s *Server) read(a principal, o order.Order, delivery int, file string) {
	r := order.View{Order: o.ID, Delivery: delivery, File: file, At: s.Now(), Viewer: a.link.Number}
	if a.party != order.Seller && a.method == http.MethodGet && r.New(o) {
		s.Activity.Note(r)
	}
}

// fetched is a ResponseWriter that calls sent when the content, or a range of
// it, begins to go out; not for a refusal, nor for content that the asker has
// already.
type fetched struct {
	http.ResponseWriter
	sent func()
}

// Unwrap lets http.ResponseController reach the connection.
func (f *fetched) Unwrap() http.ResponseWriter { return f.ResponseWriter }

// WriteHeader implements [http.ResponseWriter].
func (f *fetched) WriteHeader(status int) {
	f.ResponseWriter.WriteHeader(status)
	f.begin(status)
}

func (f *fetched) Write(b []byte) (int, error) {
	f.begin(http.StatusOK)
	return f.ResponseWriter.Write(b)
}

// ReadFrom passes files on as they are, so that the server can use sendfile(2).
func (f *fetched) ReadFrom(src io.Reader) (int64, error) {
	f.begin(http.StatusOK)
	return io.Copy(f.ResponseWriter, src)
}

func (f *fetched) begin(status int) {
	sent := f.sent
	if status >= 200 {
		f.sent = nil
	}
	if sent != nil && (status == http.StatusOK || status == http.StatusPartialContent) {
		sent()
	}
}
