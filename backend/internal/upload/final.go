package upload

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tus/tusd/v2/pkg/handler"

	"handover/backend/internal/upload/concat"
	"handover/backend/internal/upload/content"
)

// maxParts bounds the parts of a final upload.
const maxParts = 1_000

const (
	concatPartial = "partial"
	concatFinal   = "final;"
)

// concatenation checks Upload-Concat before the handler does, and answers the
// creation of a final upload. It reports whether the request is for a final upload.
func (s *Service) concatenation(a *answer, r *http.Request, rs *requestState) (final bool, err error) {
	fields := r.Header.Values("Upload-Concat")
	if r.Method != http.MethodPost || len(fields) == 0 {
		return false, nil
	}
	if len(fields) > 1 {
		return false, concat.Bad("the header appears twice")
	}
	ids, err := s.parseConcat(fields[0], r.Host)
	if err != nil || ids == nil {
		return false, err
	}
	return true, s.createFinal(a, r, rs, ids)
}

// parseConcat reads Upload-Concat strictly: "partial", or "final;" and the addresses
// of this server's uploads. The handler would accept any text as an ID. It returns nil
// for "partial".
func (s *Service) parseConcat(header, host string) (ids []string, err error) {
	if header == concatPartial {
		return nil, nil
	}
	list, ok := strings.CutPrefix(header, concatFinal)
	if !ok {
		return nil, concat.Bad("it is neither partial nor final with the addresses of the parts")
	}
	seen := make(map[string]bool)
	for _, address := range strings.Fields(list) {
		id, ok := s.ownID(address, host)
		switch {
		case !ok:
			return nil, concat.Bad("a part is not an upload of this server")
		case seen[id]:
			return nil, concat.Bad("a part appears twice")
		case len(ids) == maxParts:
			return nil, concat.Bad(fmt.Sprintf("more than %d parts", maxParts))
		}
		seen[id] = true
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, concat.Bad("there are no parts")
	}
	return ids, nil
}

// createFinal answers the creation of a final upload, after the assembly or after
// Config.AssemblyPatience. Then the answer has no Upload-Offset, and the client sends
// HEAD until there is one.
func (s *Service) createFinal(a *answer, r *http.Request, rs *requestState, ids []string) error {
	switch {
	case r.Header.Get("Tus-Resumable") != tusVersion:
		return handler.ErrUnsupportedVersion
	case r.Header.Get("Content-Type") == chunkType:
		return handler.ErrModifyFinal
	case r.Header.Get("Upload-Length") != "":
		return concat.Bad("the length of a final upload is that of its parts; leave Upload-Length out")
	}
	meta, err := s.admission.Permit(r.Context(), rs.seller, r.Header.Get("Upload-Metadata"))
	if err != nil {
		return err
	}
	in, err := s.assembler.Create(r.Context(), content.Info{SellerID: rs.seller, OrderID: meta.Order, Path: meta.Path}, ids)
	if err != nil {
		return err
	}
	if in, err = s.assembler.Await(r.Context(), in); err != nil {
		return err
	}
	a.Header().Set("Location", BasePath+in.ID)
	if in.Recorded {
		rs.sha256 = in.SHA256
		a.Header().Set("Upload-Offset", strconv.FormatInt(in.Size, 10))
	}
	a.WriteHeader(http.StatusCreated)
	return nil
}

// ownID returns the ID in the address of an upload of this server. The address is a
// path, or an absolute URL with the host of the request or of the public address.
func (s *Service) ownID(address, host string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(address, "#") || u.RawPath != "" {
		return "", false
	}
	public := s.publicURL()
	if u.Scheme != "" || u.Host != "" {
		if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Host != host && u.Host != public.Host {
			return "", false
		}
	}
	// A proxy may have removed the public path.
	id, ok := strings.CutPrefix(strings.TrimPrefix(u.EscapedPath(), publicPath(public)), BasePath)
	return id, ok && content.ValidID(id)
}

// publicURL returns the public address, empty when it is unknown or invalid.
func (s *Service) publicURL() *url.URL {
	if s.PublicURL == nil {
		return &url.URL{}
	}
	u, err := url.Parse(s.PublicURL())
	if err != nil {
		return &url.URL{}
	}
	return u
}

func publicPath(public *url.URL) string { return strings.TrimRight(public.EscapedPath(), "/") }

// publicPathOf returns the path at which clients find an upload.
func (s *Service) publicPathOf(id string) string { return publicPath(s.publicURL()) + BasePath + id }
