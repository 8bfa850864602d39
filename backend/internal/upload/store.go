package upload

import (
	"context"
	"io"
	"strconv"

	"github.com/tus/tusd/v2/pkg/handler"

	"handover/backend/internal/upload/content"
)

// store is the Service as tusd's handler sees it. The handler holds the
// upload's lock during every call but NewUpload.
type store struct{ *Service }

// NewUpload makes the upload that admit has let in. When it fails, nothing is
// left behind.
func (s store) NewUpload(ctx context.Context, fi handler.FileInfo) (handler.Upload, error) {
	in := content.Info{
		ID: fi.ID, SellerID: stateOf(ctx).seller, OrderID: fi.MetaData[metaOrder], Path: fi.MetaData[metaPath],
		Size: fi.Size, CreatedAt: s.Now().UTC(), Partial: fi.IsPartial,
	}
	ex := stateOf(ctx)
	if ex.twin != nil {
		if in, ok := s.reuse(ctx, in, *ex.twin); ok {
			ex.offset = strconv.FormatInt(in.Size, 10)
			return &stored{s: s.Service, in: in, fresh: true}, nil
		}
	}
	if ex.whole {
		// Nobody learns of this upload before all of it is here, so there is
		// nothing to remember of it yet.
		return &stored{s: s.Service, in: in, fresh: true}, nil
	}
	if err := s.save(in); err != nil {
		return nil, s.refusal(ctx, err)
	}
	return &stored{s: s.Service, in: in}, nil
}

// GetUpload finds an upload.
func (s store) GetUpload(ctx context.Context, id string) (handler.Upload, error) {
	in, err := s.load(ctx, id)
	if err == nil {
		in, err = s.mend(in)
	}
	if err != nil {
		return nil, s.refusal(ctx, err)
	}
	return &stored{s: s.Service, in: in}, nil
}

// AsTerminatableUpload makes the handler offer termination (tus 1.0, "Termination").
func (s store) AsTerminatableUpload(u handler.Upload) handler.TerminatableUpload {
	return u.(*stored)
}

// AsConcatableUpload makes the handler offer concatenation, whose parts it
// creates; final uploads are made before it sees them.
func (s store) AsConcatableUpload(u handler.Upload) handler.ConcatableUpload {
	return u.(*stored)
}

// ConcatUploads is never asked for: see createFinal.
func (u *stored) ConcatUploads(context.Context, []handler.Upload) error {
	return handler.ErrNotImplemented
}

// save makes durable where an unfinished upload stands.
func (s *Service) save(in content.Info) error {
	err := s.locker.shared.check(in.ID)
	if err == nil && in.Final() {
		err = s.locker.shared.check(assemblyLock(in.ID))
	}
	if err != nil {
		return err
	}
	in.TouchedAt = s.Now().UTC()
	if err = s.infos.Write(in); err == nil {
		s.open.put(in)
	}
	return err
}

// erase removes all of an upload.
func (s *Service) erase(id string) error {
	err := s.infos.Remove(id)
	if err == nil {
		s.open.drop(id)
	}
	return err
}

// stored is one upload during one request.
type stored struct {
	s  *Service
	in content.Info
	// fresh means that the request that creates the upload brings all of it, or
	// that its content is here already; there is no info of it.
	fresh bool
}

// GetInfo reports where the upload stands. One that is whole is recorded first,
// so that a client never hears of a whole upload that the server then forgets.
func (u *stored) GetInfo(ctx context.Context) (handler.FileInfo, error) {
	if err := u.settle(ctx); err != nil {
		return handler.FileInfo{}, err
	}
	fi := handler.FileInfo{
		ID: u.in.ID, Size: u.in.Size, Offset: u.in.Offset, IsPartial: u.in.Partial, IsFinal: u.in.Final(),
		MetaData: handler.MetaData{metaOrder: u.in.OrderID, metaPath: u.in.Path},
	}
	for _, p := range u.in.Parts {
		fi.PartialUploads = append(fi.PartialUploads, p.ID)
	}
	return fi, nil
}

// settle brings to its end what only waits for that.
func (u *stored) settle(ctx context.Context) error {
	if u.in.Final() && !u.in.Recorded {
		in, err := u.s.awaitFinal(ctx, u.in)
		if err != nil {
			return u.s.refusal(ctx, err)
		}
		u.in = in
	}
	ex := stateOf(ctx)
	ex.parts, ex.pending = u.in.Parts, u.in.Final() && !u.in.Recorded
	if ex.pending || !u.in.Whole() {
		return nil
	}
	return u.FinishUpload(ctx)
}

// GetReader is never asked for: the handler's own downloads are switched off.
func (u *stored) GetReader(context.Context) (io.ReadCloser, error) {
	return nil, handler.ErrNotImplemented
}

// Terminate forgets the record and then the files; the ledger refuses when a
// delivery names the upload.
func (u *stored) Terminate(ctx context.Context) error {
	u.s.stopAssembly(u.in.ID)
	err := u.s.Ledger.DropUpload(ctx, u.in.ID)
	if err == nil {
		err = u.s.erase(u.in.ID)
	}
	return u.s.refusal(ctx, err)
}
