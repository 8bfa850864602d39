package upload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tus/tusd/v2/pkg/handler"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// maxParts bounds how many parts an upload is put together from.
const maxParts = 1_000

const (
	concatPartial = "partial"
	concatFinal   = "final;"
)

// parseConcat reads Upload-Concat strictly: "partial", or "final;" and the
// addresses of uploads of ours. The handler would take any text for an ID.
func (s *Service) parseConcat(header, host string) (ids []string, err error) {
	if header == concatPartial {
		return nil, nil
	}
	list, ok := strings.CutPrefix(header, concatFinal)
	if !ok {
		return nil, badConcat("it is neither partial nor final with the addresses of the parts")
	}
	seen := make(map[string]bool)
	for _, address := range strings.Fields(list) {
		id, ok := s.ownID(address, host)
		switch {
		case !ok:
			return nil, badConcat("a part is not an upload of this server")
		case seen[id]:
			return nil, badConcat("a part is there twice")
		case len(ids) == maxParts:
			return nil, badConcat(fmt.Sprintf("more than %d parts", maxParts))
		}
		seen[id] = true
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, badConcat("there are no parts")
	}
	return ids, nil
}

// ownID returns the ID in the address of one of our uploads: a path, or a whole
// address with the host of the request or of the server's public address.
func (s *Service) ownID(address, host string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(address, "#") || u.RawPath != "" {
		return "", false
	}
	if u.Scheme != "" || u.Host != "" {
		public := ""
		if p, err := url.Parse(s.publicURL()); err == nil {
			public = p.Host
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Host != host && u.Host != public {
			return "", false
		}
	}
	// A proxy may have taken the public path away.
	id, ok := strings.CutPrefix(strings.TrimPrefix(u.EscapedPath(), s.publicPath()), BasePath)
	return id, ok && content.ValidID(id)
}

func (s *Service) publicURL() string {
	if s.PublicURL == nil {
		return ""
	}
	return s.PublicURL()
}

// publicPath is the path of the public address, "" when that has none.
func (s *Service) publicPath() string {
	u, err := url.Parse(s.publicURL())
	if err != nil {
		return ""
	}
	return strings.TrimRight(u.EscapedPath(), "/")
}

// publicPathOf is the path at which clients find an upload.
func (s *Service) publicPathOf(id string) string { return s.publicPath() + BasePath + id }

func badConcat(what string) error {
	return &order.Error{Code: order.Invalid, Field: "Upload-Concat", Message: "Upload-Concat: " + what}
}

// createFinal answers the creation of a final upload. It answers once the parts
// are together, or after the patience of [Config] without an Upload-Offset; the
// client then asks by HEAD until there is one.
func (s *Service) createFinal(a *answer, r *http.Request, ex *requestState, ids []string) error {
	switch {
	case r.Header.Get("Tus-Resumable") != tusVersion:
		return handler.ErrUnsupportedVersion
	case r.Header.Get("Content-Type") == chunkType:
		return handler.ErrModifyFinal
	case r.Header.Get("Upload-Length") != "":
		return badConcat("the length of a final upload is that of its parts; leave Upload-Length out")
	}
	meta, err := s.permit(r.Context(), ex.seller, r.Header.Get("Upload-Metadata"))
	if err != nil {
		return err
	}
	in, err := s.startFinal(r.Context(), ex.seller, meta, ids)
	if err != nil {
		return err
	}
	if in, err = s.awaitFinal(r.Context(), in); err != nil {
		return err
	}
	a.Header().Set("Location", BasePath+in.ID)
	if in.Recorded {
		ex.sha256 = in.SHA256
		a.Header().Set("Upload-Offset", strconv.FormatInt(in.Size, 10))
	}
	a.WriteHeader(http.StatusCreated)
	return nil
}

// startFinal returns the final upload of these parts, and makes it when it is
// not there yet.
func (s *Service) startFinal(ctx context.Context, seller string, meta map[string]string, ids []string) (content.Info, error) {
	// One at a time, so that no part gets into two.
	s.finals.Lock()
	defer s.finals.Unlock()
	id := content.FinalID(ids)
	in, err := s.load(ctx, id)
	if content.IsNotFound(err) {
		// Nor on another server: who made it meanwhile may be at it already.
		waiting, cancel := context.WithTimeout(ctx, s.lockTimeout())
		defer cancel()
		lock := assemblyLock(id)
		if err := s.locker.shared.lock(waiting, lock, func() {}); err != nil {
			return content.Info{}, err
		}
		defer s.locker.shared.unlock(lock)
		in, err = s.load(ctx, id)
	}
	if err == nil {
		if in.SellerID != seller || in.OrderID != meta[metaOrder] || in.Path != meta[metaPath] {
			return content.Info{}, badConcat("these parts were used for another upload")
		}
		return in, nil
	}
	if !content.IsNotFound(err) {
		return content.Info{}, err
	}
	in = content.Info{ID: id, SellerID: seller, OrderID: meta[metaOrder], Path: meta[metaPath], CreatedAt: s.Now().UTC()}
	var first content.Info
	for i, partID := range ids {
		p, err := s.usablePart(ctx, in, partID)
		if err != nil {
			return content.Info{}, err
		}
		if i == 0 {
			first = p
		}
		in.Parts = append(in.Parts, content.Part{ID: p.ID, Size: p.Size})
		in.Size += p.Size
		if in.Size > s.MaxFileSize {
			return content.Info{}, handler.ErrMaxSizeExceeded
		}
	}
	if err := s.roomFor(ctx, seller, in.Size-first.Size, 0); err != nil {
		return content.Info{}, err
	}
	in = s.writer.Lead(in, first)
	if err := s.save(in); err != nil {
		return content.Info{}, err
	}
	return in, s.writer.Follow(in, first)
}

// usablePart returns a part that may become a stretch of the final upload.
func (s *Service) usablePart(ctx context.Context, final content.Info, id string) (content.Info, error) {
	p, err := s.load(ctx, id)
	switch {
	case content.IsNotFound(err), err == nil && p.SellerID != final.SellerID:
		return content.Info{}, errPartMissing
	case err != nil:
		return content.Info{}, err
	case !p.Partial:
		return content.Info{}, badConcat("a part was not created as partial")
	case p.OrderID != final.OrderID:
		return content.Info{}, badConcat("a part belongs to another order")
	case !p.Whole():
		return content.Info{}, handler.ErrUploadNotFinished
	case s.open.usedBy(id) != "":
		return content.Info{}, badConcat("a part is used in another upload already")
	}
	if size, err := s.reader.Size(id); err != nil || size != p.Size {
		return content.Info{}, errors.Join(err, errPartMissing)
	}
	return p, nil
}

// errPartMissing is 410, by which a client knows that it has to send anew.
var errPartMissing = handler.NewError("ERR_PART_MISSING", "a part is not on the server, or not any more; send it again", http.StatusGone)
