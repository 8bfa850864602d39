package upload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/tus/tusd/v2/pkg/handler"

	"handover/backend/api"
	records "handover/backend/internal/store"
	"handover/backend/internal/upload/admission"
	"handover/backend/internal/upload/content"
	"handover/backend/internal/upload/lock"
	"handover/backend/order"
)

// requestState carries facts about one request past tusd's handler, through the
// request's context.
type requestState struct {
	seller  string         // the caller
	sha256  string         // of a complete upload; for Repr-Digest
	parts   []content.Part // of a final upload
	whole   bool           // the request creates an upload with all of its content
	twin    *order.Upload  // source of the content of the upload to be created
	offset  string         // for Upload-Offset, when the handler does not set it
	pending bool           // the final upload is still being assembled
	problem *api.Problem   // the reason for a refusal
	holder  *lock.Holder   // nil outside of requests
}

type stateKey struct{}

// in returns a context for the calls of the request.
func (rs *requestState) in(ctx context.Context) context.Context {
	return context.WithValue(lock.WithHolder(ctx, rs.holder), stateKey{}, rs)
}

// reading reports that the handler reads the request's body.
func (rs *requestState) reading() {
	if rs.holder != nil {
		rs.holder.Reading()
	}
}

func stateOf(ctx context.Context) *requestState {
	if rs, ok := ctx.Value(stateKey{}).(*requestState); ok {
		return rs
	}
	return &requestState{}
}

// refusal translates an error of the store for tusd's handler, and keeps the problem
// for the answer. A nil error stays nil.
func (s *Service) refusal(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	p := s.problemOf(ctx, err)
	stateOf(ctx).problem = &p
	return handler.NewError("ERR_"+strings.ToUpper(p.Code), p.Detail, p.Status)
}

// problemOf returns the problem that a client may see. It alone logs the server's own
// errors.
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
	case errors.Is(err, lock.ErrLost):
		p.Status, p.Code, p.Detail = http.StatusServiceUnavailable, "upload_interrupted", "the server was cut off for a moment; the upload continues with the next request"
	case errors.Is(err, content.ErrDamaged):
		p.Status, p.Code, p.Detail = http.StatusGone, "upload_damaged", "this upload was damaged on the server; upload the file again"
	case errors.Is(err, content.ErrAway):
		p.Status, p.Code, p.Detail = http.StatusServiceUnavailable, "unavailable", "the server's storage does not answer; the upload can continue when it does"
	case errors.Is(err, records.ErrUnavailable):
		p.Status, p.Code, p.Detail = http.StatusServiceUnavailable, "unavailable", "the server's database does not answer; the upload can continue when it does"
	case content.DiskFull(err), errors.Is(err, content.ErrReserve):
		p.Status, p.Code, p.Detail = http.StatusInsufficientStorage, "disk_full", "the server has no space left; the upload can continue when it has"
	case errors.Is(err, admission.ErrQuota):
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

// problemOfTus translates an error of tusd: ERR_MISMATCHED_OFFSET becomes
// mismatched_offset.
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

// answer is a ResponseWriter that delays errors until finish turns them into problems
// (RFC 9457). It adds the digest of a complete upload (RFC 9530).
type answer struct {
	http.ResponseWriter
	s       *Service
	rs      *requestState
	head    bool
	status  int
	message bytes.Buffer // tusd's text of an error
	sent    bool         // a successful answer has begun
}

// Unwrap gives http.ResponseController the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) WriteHeader(status int) {
	if status >= http.StatusBadRequest {
		a.status = status
		return
	}
	a.sent = true
	a.relativeLocation()
	a.describeFinal()
	if a.rs.offset != "" {
		a.Header().Set("Upload-Offset", a.rs.offset)
	}
	if sum, _ := hex.DecodeString(a.rs.sha256); len(sum) == sha256.Size {
		a.Header().Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	}
	a.ResponseWriter.WriteHeader(status)
}

// describeFinal lists the parts of a final upload by the paths that clients know. It
// removes the offset of an incomplete one (tus 1.0, "Concatenation").
func (a *answer) describeFinal() {
	if len(a.rs.parts) == 0 {
		return
	}
	var list strings.Builder
	for i, p := range a.rs.parts {
		if i > 0 {
			list.WriteByte(' ')
		}
		list.WriteString(a.s.publicPathOf(p.ID))
	}
	a.Header().Set("Upload-Concat", concatFinal+list.String())
	if a.rs.pending {
		a.Header().Del("Upload-Offset")
	}
}

// relativeLocation reduces the address of a new upload to its path, which tus 1.0
// allows. The client then returns by the same proxy and name, and no header of a
// request can send it to another host.
func (a *answer) relativeLocation() {
	u, err := url.Parse(a.Header().Get("Location"))
	if err != nil || u.Path == "" {
		return
	}
	a.Header().Set("Location", u.EscapedPath())
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status != 0 {
		return a.message.Write(b)
	}
	return a.ResponseWriter.Write(b)
}

func (a *answer) refuse(p api.Problem) {
	a.rs.problem, a.status = &p, p.Status
}

// finish sends the delayed error, if any.
func (a *answer) finish() {
	if a.status == 0 || a.sent {
		return
	}
	p := a.rs.problem
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
	_ = json.NewEncoder(a.ResponseWriter).Encode(p) // fails only when the client has hung up
}
