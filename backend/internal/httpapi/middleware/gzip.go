package middleware

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"handover/backend/internal/httpapi/problem"
	"handover/backend/order"
)

// Unpack accepts request bodies as gzip (RFC 9110, section 8.4.1.3). The limits
// of a body count unpacked bytes.
func Unpack(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		switch strings.ToLower(ctx.Header("Content-Encoding")) {
		case "", "identity":
			next(ctx)
		case "gzip":
			r, _ := humago.Unwrap(ctx)
			r.Body = &unpacked{packed: r.Body}
			next(ctx)
		default:
			ctx.SetHeader("Accept-Encoding", "gzip")                                                                          // RFC 9110, section 15.5.16
			_ = huma.WriteErr(api, ctx, http.StatusUnsupportedMediaType, "a body may come as gzip, and in no other encoding") // the client has gone
		}
	}
}

// errNotGzip means that a body differs from its Content-Encoding.
var errNotGzip = problem.New(http.StatusBadRequest, string(order.Invalid), "the body is not gzip, as its Content-Encoding says, or was cut short")

// unpacked reads from the connection only once the handler reads: by then the
// sender is authorized and the time limit of the body is set.
type unpacked struct {
	packed io.ReadCloser
	plain  *gzip.Reader
}

func (u *unpacked) Close() error { return u.packed.Close() }

func (u *unpacked) Read(p []byte) (int, error) {
	if u.plain == nil {
		plain, err := gzip.NewReader(u.packed)
		if err != nil {
			return 0, gzipError(err)
		}
		u.plain = plain
	}
	n, err := u.plain.Read(p)
	return n, gzipError(err)
}

func gzipError(err error) error {
	var corrupt flate.CorruptInputError
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &corrupt) {
		return errNotGzip
	}
	return err
}
