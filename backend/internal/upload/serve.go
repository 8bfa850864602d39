package upload

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"
	"golang.org/x/exp/slog"

	records "handover/backend/internal/store"

	"handover/backend/internal/upload/content"
)

// ServeHTTP answers the requests below [BasePath]. Everything
// but OPTIONS needs a signed-in seller, and an upload of somebody else is
// answered as one that does not exist.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ex := newRequestState()
	defer ex.end()
	a := &answer{ResponseWriter: w, s: s, ex: ex, head: r.Method == http.MethodHead}
	a.Header().Set("Tus-Resumable", tusVersion)
	if err := s.serve(a, r, ex); err != nil {
		a.refuse(s.problemOf(r.Context(), err))
	}
	a.finish()
}

func (s *Service) serve(a *answer, r *http.Request, ex *requestState) error {
	if !s.enter() {
		return handler.ErrServerShutdown
	}
	defer s.running.Done()

	// The handler's goroutines for this request end with its context.
	ctx, cancel := context.WithCancel(context.WithValue(r.Context(), stateKey{}, ex))
	defer cancel()
	r = r.Clone(ctx)
	// The handler would apply this header after we have looked at the method.
	r.Header.Del("X-HTTP-Method-Override")
	if r.Method != http.MethodOptions {
		if err := s.authorise(a, r, ex); err != nil {
			return err
		}
		if final, err := s.concatenation(a, r, ex); final || err != nil {
			return err
		}
	}
	ex.whole = bringsAll(r)
	if r.Body != nil {
		r.Body = &body{ReadCloser: r.Body, closing: s.closing, conn: http.NewResponseController(a), wait: s.networkTimeout(), last: time.Now()}
		// Wakes a Read that waits for the client.
		defer context.AfterFunc(s.closing, func() {
			_ = http.NewResponseController(a).SetReadDeadline(time.Unix(1, 0))
		})()
	}
	if isBundle(r) {
		return s.serveBundle(a, r, ex)
	}
	r.URL.Path = "/" + strings.TrimPrefix(r.URL.Path, BasePath)
	s.tus.ServeHTTP(a, r)
	return nil
}

// authorise lets through what the handler may see: the creation of an upload,
// or a request of the upload's owner.
func (s *Service) authorise(a *answer, r *http.Request, ex *requestState) error {
	seller, err := s.Gate.SellerOf(r)
	if errors.Is(err, records.ErrUnavailable) {
		return err // who asks may well be signed in
	}
	if err != nil || seller == "" {
		a.Header().Set("WWW-Authenticate", "Bearer")
		return errSignIn
	}
	ex.seller = seller
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
	in, err := s.load(r.Context(), id)
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

// concatenation looks at Upload-Concat before the handler does, and answers the
// creation of a final upload.
func (s *Service) concatenation(a *answer, r *http.Request, ex *requestState) (final bool, err error) {
	fields := r.Header.Values("Upload-Concat")
	if r.Method != http.MethodPost || len(fields) == 0 {
		return false, nil
	}
	if len(fields) > 1 {
		return false, badConcat("it is there twice")
	}
	ids, err := s.parseConcat(fields[0], r.Host)
	if err != nil || ids == nil {
		return false, err
	}
	return true, s.createFinal(a, r, ex, ids)
}

// bringsAll reports whether the request creates an upload together with all of
// its content, and that is not much.
func bringsAll(r *http.Request) bool {
	return r.Method == http.MethodPost && r.Header.Get("Content-Type") == chunkType && r.Header.Get("Upload-Concat") == "" &&
		r.ContentLength > 0 && r.ContentLength <= freshLimit && r.Header.Get("Upload-Length") == strconv.FormatInt(r.ContentLength, 10)
}

// chunkType is the media type of a body with content (tus 1.0, "PATCH").
const chunkType = "application/offset+octet-stream"

// checkCreation refuses what is no part of the protocol as it is announced.
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

// body is a request's body that ends when the service closes. The handler has a
// mechanism of its own for this, which misses requests that have only just begun.
type body struct {
	io.ReadCloser
	closing context.Context
	conn    *http.ResponseController
	wait    time.Duration
	last    time.Time // when something was read
}

func (b *body) Read(p []byte) (int, error) {
	// The handler gives the client so long from the last byte on. When it was us
	// who did not read, because a bucket is slow or full of others' uploads, the
	// client gets its time now.
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

// newHandler sets tusd up over the store.
func (s *Service) newHandler() (http.Handler, error) {
	composer := handler.NewStoreComposer()
	composer.UseCore(store{s})
	composer.UseTerminater(store{s})
	composer.UseConcater(store{s})
	composer.UseLocker(s.locker)
	h, err := handler.NewHandler(handler.Config{
		StoreComposer:           composer,
		BasePath:                BasePath,
		MaxSize:                 s.MaxFileSize,
		DisableDownload:         true,
		Cors:                    &handler.CorsConfig{Disable: true}, // the one page that there is comes from this server
		PreUploadCreateCallback: s.admit,
		NetworkTimeout:          s.NetworkTimeout,
		AcquireLockTimeout:      s.LockTimeout,
		// The handler keeps two goroutines for so long after every request. The
		// store does not need the time: it ignores that a client has hung up.
		GracefulRequestCompletionTimeout: time.Nanosecond,
		// What is worth a line is logged here, with its cause.
		Logger: slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError + 1})),
	})
	if err != nil {
		return nil, err
	}
	return h, nil
}

// locker answers a lock that is not given up in time with 423, where tusd's own
// error is a 500 after which clients begin again from the start.
type locker struct {
	handler.Locker
	grace   time.Duration
	running *sync.WaitGroup // of requests
	shared  *shared         // with other servers; nil when there are none
}

func (l locker) NewLock(id string) (handler.Lock, error) {
	held, err := l.Locker.NewLock(id)
	return graceLock{held, l, id}, err
}

// graceLock is a lock whose holder has a grace period before it is interrupted.
type graceLock struct {
	of handler.Lock
	by locker
	id string
}

// Lock implements [handler.Lock]. The handler is asked to give the lock up only
// once it reads its request's body: it sets that up without a lock of its own,
// and must not be interrupted meanwhile.
func (l graceLock) Lock(ctx context.Context, requestUnlock func()) error {
	ask := requestUnlock
	if ex := stateOf(ctx); ex.settled != nil {
		ask = func() {
			l.by.running.Go(func() { // ends with the request that holds the lock, at the latest
				<-ex.settled
				timer := time.NewTimer(l.by.grace)
				defer timer.Stop()
				select {
				case <-ex.over:
				case <-timer.C:
				}
				requestUnlock()
			})
		}
	}
	err := l.of.Lock(ctx, ask)
	if errors.Is(err, handler.ErrLockTimeout) {
		return handler.ErrFileLocked
	}
	if err == nil {
		if err = l.by.shared.lock(ctx, l.id, ask); err != nil {
			err = errors.Join(err, l.of.Unlock())
		}
	}
	return err
}

func (l graceLock) Unlock() error {
	l.by.shared.unlock(l.id)
	return l.of.Unlock()
}
