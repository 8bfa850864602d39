package httpapi

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"handover/backend/internal/token"
	"handover/backend/order"
)

// Meter is told what the interface does.
type Meter interface {
	Answered(route string, status int, took time.Duration)
	Receiving() (done func())
	Received(n int)
	Handler() http.Handler
}

// watch logs and measures each request under the pattern of its route, never
// its path: that may carry the token of a review link.
func (s *Server) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now() // a duration is measured, whatever clock decides
		id := token.NewID(12)
		w.Header().Set("X-Request-Id", id)
		r = r.WithContext(context.WithValue(r.Context(), clientKey{}, s.client(r)))
		answer := &watched{ResponseWriter: w, base: s.base}
		defer func() {
			route, took := routeOf(r), time.Since(began)
			status := answer.status
			if status == 0 {
				status = http.StatusOK
			}
			failed := recover()
			if failed != nil { // net/http logs it and cuts the connection
				status = http.StatusInternalServerError
			}
			s.Meter.Answered(route, status, took)
			s.Log.Log(r.Context(), levelOf(route), "request", "id", id, "method", methodOf(r), "route", route, "status", status, "took", took.Round(time.Microsecond))
			if failed != nil {
				panic(failed)
			}
		}()
		next.ServeHTTP(answer, r)
	})
}

// levelOf keeps what is asked every few seconds out of the usual log.
func levelOf(route string) slog.Level {
	switch route {
	case "/healthz", "/readyz", "/metrics":
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// routeOf returns the pattern that answered, without its method.
func routeOf(r *http.Request) string {
	_, path, found := strings.Cut(r.Pattern, " ")
	if !found {
		path = r.Pattern
	}
	if path == "" {
		return "none"
	}
	return path
}

// methodOf returns the method if it is one; anything can be sent as such.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// watched notes the status of an answer, and completes its Location.
type watched struct {
	http.ResponseWriter
	base   base
	status int
}

// clientGone is what huma would have an answer say when it could not be written
// to its end. By then it says something else.
const clientGone = 499

// WriteHeader implements [http.ResponseWriter]. Informational answers are none.
func (w *watched) WriteHeader(status int) {
	if w.status != 0 && status == clientGone {
		return
	}
	if w.status == 0 && status >= 200 {
		w.status = status
		w.base.locate(w.Header())
	}
	w.ResponseWriter.WriteHeader(status)
}

// ReadFrom lets the system copy a file to the connection by itself.
func (w *watched) ReadFrom(r io.Reader) (int64, error) { return io.Copy(w.ResponseWriter, r) }

// Unwrap is for [http.ResponseController].
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// received counts the bytes of uploads as they arrive.
func (s *Server) received(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch || r.Method == http.MethodPost {
			defer s.Meter.Receiving()()
			r.Body = &counted{r.Body, s.Meter}
		}
		next.ServeHTTP(w, r)
	})
}

type counted struct {
	io.ReadCloser
	meter Meter
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.meter.Received(n)
	return n, err
}

// metrics answers programs on this computer, and others only if that was asked
// for. A request that came through a proxy is from elsewhere.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) {
	if !s.PublicMetrics && !fromHere(r) {
		writeProblem(w, newProblem(http.StatusNotFound, string(order.NotFound), "there is no such route"))
		return
	}
	s.Meter.Handler().ServeHTTP(w, r)
}

func fromHere(r *http.Request) bool {
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && peer.Addr().Unmap().IsLoopback()
}
