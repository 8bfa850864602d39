// Package middleware is for all routes: logs and measurements, security headers,
// the path of the public address, packed bodies, and the answer where no route is.
package middleware

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"handover/backend/internal/token"
)

// Watcher logs and measures requests.
type Watcher struct {
	Base       Base
	TrustProxy bool // the last entry of X-Forwarded-For is the client
	Meter      Meter
	Log        *slog.Logger
}

// Watch logs and measures each request by the pattern of its route. It never
// logs the path, which may contain the token of a review link.
func (o Watcher) Watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now() // real time, also when a test sets the clock for deadlines
		id := token.NewID(12)
		w.Header().Set("X-Request-Id", id)
		r = r.WithContext(context.WithValue(r.Context(), clientKey{}, clientOf(r, o.TrustProxy)))
		answer := &watched{ResponseWriter: w, base: o.Base}
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
			o.Meter.Answered(route, status, took)
			o.Log.Log(r.Context(), levelOf(route), "request", "id", id, "method", methodOf(r), "route", route, "status", status, "took", took.Round(time.Microsecond))
			if failed != nil {
				panic(failed)
			}
		}()
		next.ServeHTTP(answer, r)
	})
}

// levelOf keeps routes that monitoring calls every few seconds out of the usual log.
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

// methodOf returns a standard method, or "other": a client can send any text as the method.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// watched records the status of an answer, and completes its Location.
type watched struct {
	http.ResponseWriter
	base   Base
	status int
}

// clientGone is the status that huma sets after a write failed. The answer
// already has its own status by then.
const clientGone = 499

// WriteHeader implements [http.ResponseWriter]. It ignores informational
// answers (1xx) as a status.
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

// ReadFrom passes files on unchanged, so that the server can use sendfile(2).
func (w *watched) ReadFrom(r io.Reader) (int64, error) { return io.Copy(w.ResponseWriter, r) }

// Unwrap is for [http.ResponseController].
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }
