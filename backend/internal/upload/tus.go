package upload

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"
	"golang.org/x/exp/slog"

	"handover/backend/internal/upload/content"
	"handover/backend/internal/upload/receive"
)

const (
	tusVersion = "1.0.0"
	// chunkType is the media type of a body with content (tus 1.0, "PATCH").
	chunkType = "application/offset+octet-stream"
)

// The keys of the metadata that tusd's handler keeps between its calls.
const (
	metaOrder = "order"
	metaPath  = "path"
)

// newHandler sets tusd up over the store.
func (s *Service) newHandler() (http.Handler, error) {
	composer := handler.NewStoreComposer()
	composer.UseCore(store{s})
	composer.UseTerminater(store{s})
	composer.UseConcater(store{s})
	composer.UseLocker(s.locks)
	h, err := handler.NewHandler(handler.Config{
		StoreComposer:           composer,
		BasePath:                BasePath,
		MaxSize:                 s.MaxFileSize,
		DisableDownload:         true,
		Cors:                    &handler.CorsConfig{Disable: true}, // all pages come from this server
		PreUploadCreateCallback: s.admit,
		NetworkTimeout:          s.NetworkTimeout,
		AcquireLockTimeout:      s.LockTimeout,
		// The handler keeps two goroutines for this time after every request. The
		// store does not need the time: it ignores that a client has hung up.
		GracefulRequestCompletionTimeout: time.Nanosecond,
		// The service itself logs errors, with their causes.
		Logger: slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError + 1})),
	})
	if err != nil {
		return nil, err
	}
	return h, nil
}

// admit decides whether the seller may create an upload, after tusd has checked its
// length, and chooses its ID.
func (s *Service) admit(e handler.HookEvent) (handler.HTTPResponse, handler.FileInfoChanges, error) {
	changes, err := s.admitUpload(e.Context, e.Upload, e.HTTPRequest.Header)
	return handler.HTTPResponse{}, changes, s.refusal(e.Context, err)
}

func (s *Service) admitUpload(ctx context.Context, fi handler.FileInfo, header http.Header) (changes handler.FileInfoChanges, err error) {
	rs := stateOf(ctx)
	meta, err := s.admission.Permit(ctx, rs.seller, header.Get("Upload-Metadata"))
	if err != nil {
		return changes, err
	}
	if !fi.IsPartial && header.Get("Content-Type") != chunkType {
		if err := meta.CheckSHA256(); err != nil {
			return changes, err
		}
		if meta.SHA256 != "" {
			if rs.twin, err = s.receiver.Twin(ctx, rs.seller, meta.SHA256, fi.Size); err != nil {
				return changes, err
			}
		}
	}
	if rs.twin == nil {
		if err := s.admission.Room(ctx, rs.seller, fi.Size, fi.Size); err != nil {
			return changes, err
		}
	}
	return handler.FileInfoChanges{
		ID:       content.NewID(),
		MetaData: handler.MetaData{metaOrder: meta.Order, metaPath: meta.Path},
	}, nil
}

// store is the Service as tusd's handler sees it. The handler holds the lock of the
// upload during every call except NewUpload.
type store struct{ s *Service }

// NewUpload creates the upload that admit has admitted. With an error, it has stored
// nothing.
func (s store) NewUpload(ctx context.Context, fi handler.FileInfo) (handler.Upload, error) {
	rs := stateOf(ctx)
	in := content.Info{
		ID: fi.ID, SellerID: rs.seller, OrderID: fi.MetaData[metaOrder], Path: fi.MetaData[metaPath],
		Size: fi.Size, CreatedAt: s.s.Now().UTC(), Partial: fi.IsPartial,
	}
	if rs.twin != nil {
		if in, ok := s.s.receiver.Reuse(ctx, in, *rs.twin); ok {
			rs.offset = strconv.FormatInt(in.Size, 10)
			return &tusUpload{s.s, s.s.receiver.Fresh(in)}, nil
		}
	}
	if rs.whole {
		// No client learns of this upload before all of its content is stored, so it
		// needs no info.
		return &tusUpload{s.s, s.s.receiver.Fresh(in)}, nil
	}
	if err := s.s.catalog.Save(in); err != nil {
		return nil, s.s.refusal(ctx, err)
	}
	return &tusUpload{s.s, s.s.receiver.Existing(in)}, nil
}

// GetUpload returns an upload.
func (s store) GetUpload(ctx context.Context, id string) (handler.Upload, error) {
	in, err := s.s.catalog.Load(ctx, id)
	if err != nil {
		return nil, s.s.refusal(ctx, err)
	}
	if in, err = s.s.catalog.Mend(in); err != nil {
		return nil, s.s.refusal(ctx, err)
	}
	return &tusUpload{s.s, s.s.receiver.Existing(in)}, nil
}

// AsTerminatableUpload makes the handler offer termination (tus 1.0, "Termination").
func (s store) AsTerminatableUpload(u handler.Upload) handler.TerminatableUpload {
	return u.(*tusUpload)
}

// AsConcatableUpload makes the handler offer concatenation. The handler only creates
// the parts; createFinal answers requests for final uploads.
func (s store) AsConcatableUpload(u handler.Upload) handler.ConcatableUpload {
	return u.(*tusUpload)
}

// tusUpload is an upload as tusd's handler sees it, during one request.
type tusUpload struct {
	s *Service
	u *receive.Upload
}

// WriteChunk appends the bytes of src and returns how many are durable. It also does
// so when the request is cut off, because a HEAD acknowledges these bytes (tus 1.0,
// "HEAD").
func (t *tusUpload) WriteChunk(ctx context.Context, _ int64, src io.Reader) (int64, error) {
	stateOf(ctx).reading()
	n, err := t.u.Receive(src)
	return n, t.s.refusal(ctx, err)
}

// GetInfo returns the state of the upload. It first records a complete upload: a
// client that hears of a complete upload must never hear the opposite.
func (t *tusUpload) GetInfo(ctx context.Context) (handler.FileInfo, error) {
	if err := t.settle(ctx); err != nil {
		return handler.FileInfo{}, err
	}
	in := t.u.Info
	fi := handler.FileInfo{
		ID: in.ID, Size: in.Size, Offset: in.Offset, IsPartial: in.Partial, IsFinal: in.Final(),
		MetaData: handler.MetaData{metaOrder: in.OrderID, metaPath: in.Path},
	}
	for _, p := range in.Parts {
		fi.PartialUploads = append(fi.PartialUploads, p.ID)
	}
	return fi, nil
}

// settle waits for the assembly of a final upload and records a complete upload.
func (t *tusUpload) settle(ctx context.Context) error {
	if t.u.Info.Final() && !t.u.Info.Recorded {
		in, err := t.s.assembler.Await(ctx, t.u.Info)
		if err != nil {
			return t.s.refusal(ctx, err)
		}
		t.u.Info = in
	}
	rs, in := stateOf(ctx), t.u.Info
	rs.parts, rs.pending = in.Parts, in.Final() && !in.Recorded
	if rs.pending || !in.Whole() {
		return nil
	}
	return t.FinishUpload(ctx)
}

// FinishUpload records the upload. The handler calls it at most once, and never after
// a crash, so GetInfo and the recovery also record complete uploads.
func (t *tusUpload) FinishUpload(ctx context.Context) error {
	if t.u.Info.Partial { // the ledger never has a part
		return t.s.refusal(ctx, t.u.Seal())
	}
	// All bytes are stored, so the record does not depend on the client's connection.
	if err := t.u.Finish(context.WithoutCancel(ctx)); err != nil {
		return t.s.refusal(ctx, fmt.Errorf("finish upload %s: %w", t.u.Info.ID, err))
	}
	stateOf(ctx).sha256 = t.u.Info.SHA256
	return nil
}

// Terminate removes the record and then the files. The ledger refuses when a delivery
// names the upload.
func (t *tusUpload) Terminate(ctx context.Context) error {
	t.s.assembler.Stop(t.u.Info.ID)
	return t.s.refusal(ctx, t.s.catalog.Remove(ctx, t.u.Info.ID))
}

// GetReader is never called: the handler's own downloads are switched off.
func (t *tusUpload) GetReader(context.Context) (io.ReadCloser, error) {
	return nil, handler.ErrNotImplemented
}

// ConcatUploads is never called: see createFinal.
func (t *tusUpload) ConcatUploads(context.Context, []handler.Upload) error {
	return handler.ErrNotImplemented
}
