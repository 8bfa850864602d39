package httpapi

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// retryUnavailable is when to ask again while the database is away.
const retryUnavailable = 5 * time.Second

// problem is an answer as of RFC 9457.
type problem struct {
	api.Problem
	retryAfter time.Duration
}

func (p *problem) GetStatus() int            { return p.Status }
func (p *problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders returns the headers that belong to the problem, for huma.
func (p *problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retryAfter.Seconds()))))
	}
	return h
}

// statuses maps the domain's codes; a code that is missing here is a fault.
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

// init makes huma's own refusals (a body that does not parse, a value out of
// its schema) the same kind of problem as ours; huma offers only a variable.
func init() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		p := newProblem(status, codeOf(status), message)
		var details []string
		for _, err := range errs {
			if errors.Is(err, errNoGzip) {
				p = newProblem(http.StatusBadRequest, codeOf(http.StatusBadRequest), err.Error())
			}
			var detail huma.ErrorDetailer
			if errors.As(err, &detail) {
				d := detail.ErrorDetail()
				p.Field = fieldOf(d)
				details = append(details, d.Message+" ("+p.Field+")")
			}
		}
		if len(details) > 0 {
			p.Detail += ": " + strings.Join(details, "; ")
		}
		return p
	}
}

func codeOf(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return string(order.Unauthenticated)
	case http.StatusRequestEntityTooLarge:
		return "body_too_large"
	case http.StatusInternalServerError:
		return "internal"
	default:
		return string(order.Invalid)
	}
}

func newProblem(status int, code, detail string) *problem {
	return &problem{Problem: api.Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail}}
}

// refuse turns an error into its problem. An error of the server itself is logged here
// and told without its details, which may name paths of the server.
func (s *Server) refuse(err error) *problem {
	var p *problem
	var refused *order.Error
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &refused) && statuses[refused.Code] != 0:
		p = newProblem(statuses[refused.Code], string(refused.Code), refused.Message)
		p.Field, p.Allowed, p.Version = refused.Field, refused.Allowed, refused.Version
		p.retryAfter = refused.RetryAfter
		return p
	case errors.Is(err, store.ErrUnavailable):
		s.Log.Error("request failed", "error", err)
		p = newProblem(http.StatusServiceUnavailable, "unavailable", "what this server needs, its database or its storage, does not answer; try again in a moment")
		p.retryAfter = retryUnavailable
		return p
	default:
		s.Log.Error("request failed", "error", err)
		return newProblem(http.StatusInternalServerError, "internal", "the server could not do this; its log says why")
	}
}

func writeProblem(w http.ResponseWriter, p *problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	maps.Copy(w.Header(), p.GetHeaders())
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p.Problem)
}
