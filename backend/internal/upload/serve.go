package upload

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	records "handover/backend/internal/store"
	"handover/backend/internal/upload/content"
	"handover/backend/internal/upload/lock"
)

// freshLimit is the size, in bytes, of the largest upload that one request may create
// as a whole. Nothing of it is kept when the request fails.
const freshLimit = 8 << 20

// ServeHTTP answers the requests below [BasePath]. Every request except OPTIONS needs
// a signed-in seller. An upload of another seller looks like a missing one.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rs := &requestState{holder: lock.NewHolder()}
	defer rs.holder.End()
	a := &answer{ResponseWriter: w, s: s, rs: rs, head: r.Method == http.MethodHead}
	a.Header().Set("Tus-Resumable", tusVersion)
	if err := s.serve(a, r, rs); err != nil {
		a.refuse(s.problemOf(r.Context(), err))
	}
	a.finish()
}

func (s *Service) serve(a *answer, r *http.Request, rs *requestState) error {
	if !s.enter() {
		return handler.ErrServerShutdown
	}
	defer s.running.Done()

	// The handler's goroutines for this request end with its context.
	ctx, cancel := context.WithCancel(rs.in(r.Context()))
	defer cancel()
	r = r.Clone(ctx)
	// The handler would apply this header after authorise has checked the method.
	r.Header.Del("X-HTTP-Method-Override")
	if r.Method != http.MethodOptions {
		if err := s.authorise(a, r, rs); err != nil {
			return err
		}
		if final, err := s.concatenation(a, r, rs); final || err != nil {
			return err
		}
	}
	rs.whole = bringsAll(r)
	if r.Body != nil {
		conn := http.NewResponseController(a)
		r.Body = &body{ReadCloser: r.Body, closing: s.closing, conn: conn, wait: s.networkTimeout(), last: time.Now()}
		// Wakes a Read that waits for the client.
		defer context.AfterFunc(s.closing, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })()
	}
	if isBundle(r) {
		return s.serveBundle(a, r, rs)
	}
	r.URL.Path = "/" + strings.TrimPrefix(r.URL.Path, BasePath)
	s.tus.ServeHTTP(a, r)
	return nil
}

// authorise admits the requests that the handler may see: the creation of an upload,
// and requests of the upload's owner.
func (s *Service) authorise(a *answer, r *http.Request, rs *requestState) error {
	seller, err := s.Gate.SellerOf(r)
	if errors.Is(err, records.ErrUnavailable) {
		return err // the caller may well be signed in
	}
	if err != nil || seller == "" {
		a.Header().Set("WWW-Authenticate", "Bearer")
		return errSignIn
	}
	rs.seller = seller
	id, ok := strings.CutPrefix(r.URL.Path, BasePath)
	if !ok {
		return content.NotFound()
	}
	if isBundle(r) {
		return nil
	}
	if id == "" {
		return checkCreation(a, r)
	}
	if !content.ValidID(id) {
		return content.NotFound()
	}
	in, err := s.catalog.Load(r.Context(), id)
	if err != nil {
		return err
	}
	if in.SellerID != seller {
		return content.NotFound()
	}
	switch r.Method {
	case http.MethodPatch:
		if r.Header.Get("Tus-Resumable") == tusVersion && r.Header.Get("Content-Type") != chunkType {
			return errType
		}
		return nil
	case http.MethodHead, http.MethodDelete:
		return nil
	}
	a.Header().Set("Allow", "HEAD, PATCH, DELETE, OPTIONS")
	return errMethod
}

// bringsAll reports whether the request creates an upload together with all of its
// content, within freshLimit.
func bringsAll(r *http.Request) bool {
	return r.Method == http.MethodPost && r.Header.Get("Content-Type") == chunkType && r.Header.Get("Upload-Concat") == "" &&
		r.ContentLength > 0 && r.ContentLength <= freshLimit && r.Header.Get("Upload-Length") == strconv.FormatInt(r.ContentLength, 10)
}

// checkCreation refuses requests that the announced extensions of the protocol do not
// include.
func checkCreation(a *answer, r *http.Request) error {
	switch {
	case r.Method != http.MethodPost:
		a.Header().Set("Allow", "POST, OPTIONS")
		return errMethod
	case strings.HasPrefix(r.Header.Get("Upload-Concat"), concatFinal):
		return nil // its length is that of its parts
	case r.Header.Get("Upload-Defer-Length") != "" || r.Header.Get("Upload-Length") == "":
		return errLength
	}
	return nil
}

var (
	errSignIn = handler.NewError("ERR_UNAUTHORIZED", "sign in to upload", http.StatusUnauthorized)
	errMethod = handler.NewError("ERR_METHOD_NOT_ALLOWED", "this method is not possible here", http.StatusMethodNotAllowed)
	errType   = handler.NewError("ERR_INVALID_CONTENT_TYPE", "content is sent as "+chunkType, http.StatusUnsupportedMediaType)
	errLength = handler.NewError("ERR_LENGTH_REQUIRED", "say the length of the file in Upload-Length", http.StatusBadRequest)
)

// body is a request's body that ends when the service closes. The handler has its own
// mechanism for this, which misses requests that have only just begun.
type body struct {
	io.ReadCloser
	closing context.Context
	conn    *http.ResponseController
	wait    time.Duration
	last    time.Time // of the end of the last Read
}

func (b *body) Read(p []byte) (int, error) {
	// The handler starts the client's timeout with the last byte. When a slow or
	// busy bucket delayed this Read, the client's time starts now.
	if time.Since(b.last) > b.wait/4 {
		_ = b.conn.SetReadDeadline(time.Now().Add(b.wait))
	}
	if b.closing.Err() != nil {
		return 0, handler.ErrServerShutdown
	}
	n, err := b.ReadCloser.Read(p)
	b.last = time.Now()
	if err != nil && !errors.Is(err, io.EOF) && b.closing.Err() != nil {
		err = handler.ErrServerShutdown
	}
	return n, err
}

func (s *Service) networkTimeout() time.Duration {
	if s.NetworkTimeout > 0 {
		return s.NetworkTimeout
	}
	return time.Minute
}
