package tus

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// Part is a section of a file with an upload of its own (tus 1.0, Concatenation). It can
// be encoded as JSON.
type Part struct {
	Offset int64 `json:"offset"` // of its first byte in the file
	Size   int64 `json:"size"`   // bytes
	// URL of its upload, relative to the endpoint; "" before the upload exists.
	URL string `json:"url,omitempty"`
}

// covers reports whether the parts cover a file of this size without gaps.
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

// mayGain reports whether splitting the file is worth the extra requests: the file is
// large, the server supports concatenation, and one stream may not use the full
// bandwidth.
func (t *transfer) mayGain(ctx context.Context) bool {
	cfg := t.client.cfg
	if cfg.Parts < 2 || t.size < cfg.PartsFrom || t.url != nil {
		return false
	}
	r, err := t.client.do(ctx, call{method: http.MethodOptions, url: t.client.endpoint})
	if err != nil {
		return false // the error appears again where it is handled
	}
	return t.client.path.limits() && slices.Contains(fields(r.header.Values("Tus-Extension")), "concatenation")
}

// fields splits a list field.
func fields(values []string) []string {
	list := strings.Split(strings.Join(values, ","), ",")
	for i, s := range list {
		list[i] = strings.TrimSpace(s)
	}
	return list
}

// firstParts splits off a first part to measure the speed of one stream.
func firstParts(size, first int64) []Part {
	return []Part{{Offset: 0, Size: first}, {Offset: first, Size: size - first}}
}

// worthwhile is the least remaining time of one stream for which the rest is split.
const worthwhile = 15 // seconds

// splitRest splits the last part, of which nothing has been sent, into at most n parts of
// about equal size.
func splitRest(parts []Part, n int64) []Part {
	rest := parts[len(parts)-1]
	parts = slices.Clone(parts[:len(parts)-1])
	for i := range n {
		from, to := rest.Size*i/n, rest.Size*(i+1)/n
		parts = append(parts, Part{Offset: rest.Offset + from, Size: to - from})
	}
	return parts
}
