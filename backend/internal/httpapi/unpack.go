package httpapi

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// unpack accepts bodies as gzip (RFC 9110, section 8.4.1.3). The limits of a body
// count unpacked bytes.
func (s *Server) unpack(ctx huma.Context, next func(huma.Context)) {
	switch strings.ToLower(ctx.Header("Content-Encoding")) {
	case "", "identity":
		next(ctx)
	case "gzip":
		r, _ := humago.Unwrap(ctx)
		r.Body = &unpacked{packed: r.Body}
		next(ctx)
	default:
		ctx.SetHeader("Accept-Encoding", "gzip")                                                                            // RFC 9110, section 15.5.16
		_ = huma.WriteErr(s.api, ctx, http.StatusUnsupportedMediaType, "a body may come as gzip, and in no other encoding") // the client has gone
	}
}

// errNoGzip means that a body is not what its Content-Encoding says.
var errNoGzip = errors.New("the body is not gzip, as its Content-Encoding says, or was cut short")

// unpacked reads nothing before somebody reads from it: by then it is known who
// asks, and how long they may take.
type unpacked struct {
	packed io.ReadCloser
	plain  *gzip.Reader
}

func (u *unpacked) Close() error { return u.packed.Close() }

func (u *unpacked) Read(p []byte) (n int, err error) {
	if u.plain == nil {
		u.plain, err = gzip.NewReader(u.packed)
	}
	if err == nil {
		n, err = u.plain.Read(p)
	}
	var corrupt flate.CorruptInputError
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &corrupt) {
		err = errNoGzip
	}
	return n, err
}
