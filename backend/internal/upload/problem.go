package upload

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/tus/tusd/v2/pkg/handler"

	"handover/backend/api"
	records "handover/backend/internal/store"
	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

const tusVersion = "1.0.0"

// requestState is what the parts of one request tell each other past tusd's
// handler, through the request's context.
type requestState struct {
	seller  string         // who asks
	sha256  string         // of the upload, when it is whole; for Repr-Digest
	parts   []content.Part // of a final upload
	whole   bool           // the request brings all of the upload that it creates
	twin    *order.Upload  // what the upload to be created has its content from
	offset  string         // for Upload-Offset, when the handler does not say it
	pending bool           // a final upload is not put together yet
	problem *api.Problem   // what the store had to refuse

	// settled is closed once the handler reads the request's body, or is done
	// with the request. nil outside of requests.
	settled chan struct{}
	settle  sync.Once
	// over is closed when the request is.
	over chan struct{}
}

func newRequestState() *requestState {
	return &requestState{settled: make(chan struct{}), over: make(chan struct{})}
}

// end says that the request is over.
func (ex *requestState) end() {
	ex.markSettled()
	close(ex.over)
}

func (ex *requestState) markSettled() {
	if ex.settled != nil {
		ex.settle.Do(func() { close(ex.settled) })
	}
}

type stateKey struct{}

func stateOf(ctx context.Context) *requestState {
	if ex, ok := ctx.Value(stateKey{}).(*requestState); ok {
		return ex
	}
	return &requestState{}
}

// refusal translates an error of the store for tusd's handler, and keeps what
// the answer is going to say. A nil error stays nil.
func (s *Service) refusal(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	p := s.problemOf(ctx, err)
	stateOf(ctx).problem = &p
	return handler.NewError("ERR_"+strings.ToUpper(p.Code), p.Detail, p.Status)
}

// problemOf says what a client may know of an error. What is our fault is
// logged, here and nowhere else.
func (s *Service) problemOf(ctx context.Context, err error) api.Problem {
	var refused *order.Error
	var tus handler.Error
	p := api.Problem{Status: http.StatusInternalServerError, Code: "internal", Detail: "the server could not do this; try again later"}
	switch {
	case errors.As(err, &refused):
		p.Status, p.Code, p.Detail = statusOf(refused.Code), string(refused.Code), refused.Message
		p.Field, p.Allowed = refused.Field, refused.Allowed
	case errors.Is(err, content.ErrIncomplete):
		p = problemOfTus(handler.ErrUnexpectedEOF.HTTPResponse.StatusCode, handler.ErrUnexpectedEOF.ErrorCode, handler.ErrUnexpectedEOF.Message)
	case errors.Is(err, content.ErrClosing):
		p = problemOfTus(handler.ErrServerShutdown.HTTPResponse.StatusCode, handler.ErrServerShutdown.ErrorCode, handler.ErrServerShutdown.Message)
	case errors.As(err, &tus):
		p = problemOfTus(tus.HTTPResponse.StatusCode, tus.ErrorCode, tus.Message)
	case errors.Is(err, errLockLost):
		p.Status, p.Code, p.Detail = http.StatusServiceUnavailable, "upload_interrupted", "the server was cut off for a moment; the upload goes on with the next request"
	case errors.Is(err, content.ErrDamaged):
		p.Status, p.Code, p.Detail = http.StatusGone, "upload_damaged", "this upload was damaged on the server; upload the file again"
	case errors.Is(err, content.ErrAway):
		p.Status, p.Code, p.Detail = http.StatusServiceUnavailable, "unavailable", "the server's storage does not answer; the upload can go on when it does"
	case errors.Is(err, records.ErrUnavailable):
		p.Status, p.Code, p.Detail = http.StatusServiceUnavailable, "unavailable", "the server's database does not answer; the upload can go on when it does"
	case content.DiskFull(err), errors.Is(err, content.ErrReserve):
		p.Status, p.Code, p.Detail = http.StatusInsufficientStorage, "disk_full", "the server has no space left; the upload can go on when there is"
	case errors.Is(err, errQuota):
		p.Status, p.Code, p.Detail = http.StatusInsufficientStorage, "quota_exceeded", "your files take all the space that this server gives you; remove some uploads that are not delivered, or attach a link instead"
	}
	if p.Status >= http.StatusInternalServerError && !errors.Is(err, handler.ErrServerShutdown) && !errors.Is(err, content.ErrClosing) {
		s.Log.ErrorContext(ctx, "upload request failed", "code", p.Code, "error", err)
	}
	return p
}

func statusOf(c order.Code) int {
	switch c {
	case order.NotFound:
		return http.StatusNotFound
	case order.Forbidden:
		return http.StatusForbidden
	case order.Conflict, order.Exists, order.Stale, order.UploadMissing:
		return http.StatusConflict
	case order.TooLarge:
		return http.StatusRequestEntityTooLarge
	default:
		return http.StatusBadRequest
	}
}

// problemOfTus makes a problem of one of tusd's own errors: ERR_MISMATCHED_OFFSET
// becomes mismatched_offset.
func problemOfTus(status int, code, message string) api.Problem {
	p := api.Problem{Status: status, Code: strings.ToLower(strings.TrimPrefix(code, "ERR_")), Detail: message}
	switch p.Code {
	case "max_size_exceeded":
		p.Code, p.Detail = string(order.TooLarge), "the file is larger than one file may be; attach a link to it instead"
	case "internal_server_error", "":
		p.Code, p.Detail = "internal", "the server could not do this; try again later"
	}
	return p
}

// answer is a ResponseWriter that holds errors back until finish turns them into
// problems (RFC 9457), and says the digest of a whole upload (RFC 9530).
type answer struct {
	http.ResponseWriter
	s       *Service
	ex      *requestState
	head    bool
	status  int
	message bytes.Buffer // tusd's text of an error
	sent    bool         // a good answer has begun
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		a.status = status
		return
	}
	a.sent = true
	a.relativeLocation()
	a.describeFinal()
	if a.ex.offset != "" {
		a.Header().Set("Upload-Offset", a.ex.offset)
	}
	if sum, err := hex.DecodeString(a.ex.sha256); err == nil && len(sum) > 0 {
		a.Header().Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	}
	a.ResponseWriter.WriteHeader(status)
}

// describeFinal says what a final upload consists of, by the paths that clients
// know, and no offset before it is whole (tus 1.0, "Concatenation").
func (a *answer) describeFinal() {
	if len(a.ex.parts) == 0 {
		return
	}
	var list strings.Builder
	for i, p := range a.ex.parts {
		if i > 0 {
			list.WriteByte(' ')
		}
		list.WriteString(a.s.publicPathOf(p.ID))
	}
	a.Header().Set("Upload-Concat", concatFinal+list.String())
	if a.ex.pending {
		a.Header().Del("Upload-Offset")
	}
}

// relativeLocation leaves of a new upload's address the path alone, which tus
// 1.0 allows: whatever proxy or name the client came by, it gets back to us,
// and no header of a request can send it elsewhere.
func (a *answer) relativeLocation() {
	if u, err := url.Parse(a.Header().Get("Location")); err == nil && u.Path != "" {
		a.Header().Set("Location", u.EscapedPath())
	}
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status != 0 {
		return a.message.Write(b)
	}
	return a.ResponseWriter.Write(b)
}

func (a *answer) refuse(p api.Problem) {
	a.ex.problem, a.status = &p, p.Status
}

// finish sends the error that was held back, if there is one.
func (a *answer) finish() {
	if a.status == 0 || a.sent {
		return
	}
	p := a.ex.problem
	if p == nil || p.Status != a.status {
		code, message, _ := strings.Cut(strings.TrimSpace(a.message.String()), ": ")
		native := problemOfTus(a.status, code, message)
		p = &native
	}
	p.Title = http.StatusText(p.Status)
	h := a.Header()
	h.Del("Content-Length")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if p.Status == http.StatusPreconditionFailed {
		h.Set("Tus-Version", tusVersion) // tus 1.0, "Tus-Version"
	}
	if a.head {
		h.Del("Content-Type")
		a.ResponseWriter.WriteHeader(p.Status)
		return
	}
	h.Set("Content-Type", "application/problem+json")
	a.ResponseWriter.WriteHeader(p.Status)
	// A client that does not stay for the answer needs none.
	_ = json.NewEncoder(a.ResponseWriter).Encode(p)
}
