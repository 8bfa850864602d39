package delivered

import (
	"io"
	"net/http"

	"handover/backend/internal/httpapi/access"
	"handover/backend/order"
)

// Activity records views and downloads by buyers and viewers. Note returns
// immediately and never fails.
type Activity interface {
	Note(r order.View)
}

// Record records that the sender saw a delivery or downloaded a file of it, unless
// the sender is the seller or the order has the record already. file is as in
// [order.View].
func (s *Handler) Record(sender access.Principal, o order.Order, delivery int, file string) {
	v := order.View{Order: o.ID, Delivery: delivery, File: file, At: s.Now(), Viewer: sender.Link.Number}
	if sender.Party != order.Seller && sender.Method == http.MethodGet && v.New(o) {
		s.Activity.Note(v)
	}
}

// fetched is a ResponseWriter that calls sent when the content, or a range of
// it, begins to be sent. It does not call sent for a refusal, or when the client
// has the content already.
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

// ReadFrom passes files on unchanged, so that the server can use sendfile(2).
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
