// Package problem turns errors into the problems that the HTTP interface answers with (RFC 9457).
package problem

import (
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// Problem is an error as it is sent to the client.
type Problem struct {
	api.Problem
	retryAfter time.Duration
}

// New returns a problem with the status's usual title. code is stable, and detail is safe to show.
func New(status int, code, detail string) *Problem {
	return &Problem{Problem: api.Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail}}
}

// retryUnavailable is the Retry-After while the database or the bucket is unreachable.
const retryUnavailable = 5 * time.Second

// From returns the problem for an error. A failure of the server itself is logged here and
// sent without details, because they may name paths of the server.
func From(err error, log *slog.Logger) *Problem {
	var p *Problem
	var refused *order.Error
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &refused) && statuses[refused.Code] != 0:
		p = New(statuses[refused.Code], string(refused.Code), refused.Message)
		p.Field, p.Allowed, p.Version = refused.Field, refused.Allowed, refused.Version
		p.retryAfter = refused.RetryAfter
		return p
	case errors.Is(err, store.ErrUnavailable):
		log.Error("request failed", "error", err)
		p = New(http.StatusServiceUnavailable, "unavailable", "what this server needs, its database or its storage, does not answer; try again in a moment")
		p.retryAfter = retryUnavailable
		return p
	default:
		log.Error("request failed", "error", err)
		return New(http.StatusInternalServerError, "internal", "the server could not do this; its log says why")
	}
}

// Write sends a problem as the answer.
func Write(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", p.ContentType(""))
	maps.Copy(w.Header(), p.GetHeaders())
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p.Problem)
}

// Refuse sends the problem for an error, see [From].
func Refuse(w http.ResponseWriter, err error, log *slog.Logger) { Write(w, From(err, log)) }

// GetStatus returns the HTTP status, for huma.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType returns the media type of the answer, for huma.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders returns the headers that belong to the problem, for huma.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retryAfter.Seconds()))))
	}
	return h
}

// statuses maps the domain's codes to HTTP statuses. An error with another code is a fault of the server.
var statuses = map[order.Code]int{
	order.Invalid:         http.StatusUnprocessableEntity,
	order.NoFiles:         http.StatusUnprocessableEntity,
	order.TooLarge:        http.StatusRequestEntityTooLarge,
	order.Forbidden:       http.StatusForbidden,
	order.Unauthenticated: http.StatusUnauthorized,
	order.Conflict:        http.StatusConflict,
	order.NotFound:        http.StatusNotFound,
	order.Exists:          http.StatusConflict,
	order.Stale:           http.StatusPreconditionFailed,
	order.UploadMissing:   http.StatusConflict,
	order.RateLimited:     http.StatusTooManyRequests,
}

// Codes returns all codes that a problem can have, sorted: those of the domain, of the
// interface, and of the upload protocol.
func Codes() []string {
	codes := slices.Clone(ownCodes)
	for code := range statuses {
		codes = append(codes, string(code))
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// ownCodes are the codes outside the domain.
var ownCodes = []string{
	"body_too_large", "cross_site", "internal", "method_not_allowed", "unavailable",
	"ambiguous_upload_length", "connection_reset", "invalid_concat", "invalid_content_type", "invalid_offset", "invalid_upload_length",
	"invalid_upload_length_defer", "length_required", "lock_timeout", "mismatched_offset", "modify_final", "not_implemented", "part_missing",
	"disk_full", "quota_exceeded", "read_timeout", "server_shutdown", "unauthorized", "unexpected_eof", "unsupported_version", "upload_damaged", "upload_interrupted",
	"upload_locked", "upload_not_finished", "upload_not_found", "upload_rejected", "upload_size_exceeded", "upload_stopped",
}
