package tus

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// Part is a stretch of a file that travels as an upload of its own (tus 1.0,
// Concatenation). It survives encoding/json.
type Part struct {
	Offset int64 `json:"offset"` // of its first byte in the file
	Size   int64 `json:"size"`   // bytes
	// URL is where its upload is, relative to the endpoint; "" until it has one.
	URL string `json:"url,omitempty"`
}

// covers reports whether the parts are those of a file of this size, without
// gaps.
func covers(parts []Part, size int64) bool {
	at := int64(0)
	for _, p := range parts {
		if p.Offset != at || p.Size <= 0 || p.Size > size-at {
			return false
		}
		at += p.Size
	}
	return len(parts) > 0 && at == size
}

// mayGain reports whether a new upload of the file is worth the questions that
// parts cost: it is big, the server can put parts together, and the path is
// such that one stream may not fill it.
func (t *transfer) mayGain(ctx context.Context) bool {
	cfg := t.client.cfg
	if cfg.Parts < 2 || t.size < cfg.PartsFrom || t.url != nil {
		return false
	}
	r, err := t.client.do(ctx, call{method: http.MethodOptions, url: t.client.endpoint})
	if err != nil {
		return false // what is wrong shows again, where it is dealt with
	}
	return t.client.path.limits() && slices.Contains(fields(r.header.Values("Tus-Extension")), "concatenation")
}

// fields takes a list field apart.
func fields(values []string) []string {
	list := strings.Split(strings.Join(values, ","), ",")
	for i, s := range list {
		list[i] = strings.TrimSpace(s)
	}
	return list
}

// firstParts cuts a stretch off to measure one stream with.
func firstParts(size, first int64) []Part {
	return []Part{{Offset: 0, Size: first}, {Offset: first, Size: size - first}}
}

// worthwhile is how long one stream must still have to send before the rest is
// split.
const worthwhile = 15 // seconds

// splitRest cuts the last part, of which nothing has been sent, into at most n
// of about the same size.
func splitRest(parts []Part, n int64) []Part {
	rest := parts[len(parts)-1]
	parts = slices.Clone(parts[:len(parts)-1])
	for i := range n {
		from, to := rest.Size*i/n, rest.Size*(i+1)/n
		parts = append(parts, Part{Offset: rest.Offset + from, Size: to - from})
	}
	return parts
}
