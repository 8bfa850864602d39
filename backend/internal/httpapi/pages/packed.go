package pages

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
)

// packed caches the page's assets compressed. Each is compressed at its first
// request. The assets are few, and never change.
type packed struct{ byName sync.Map } // name -> func() ([]byte, error)

// worthPacking are the extensions of files that gzip makes smaller.
var worthPacking = []string{".js", ".mjs", ".css", ".svg", ".json"}

// of returns the asset as gzip (RFC 1952), or false for a kind that gzip does not make smaller.
func (p *packed) of(pages fs.FS, name string) (content []byte, ok bool) {
	if !slices.Contains(worthPacking, path.Ext(name)) {
		return nil, false
	}
	pack, _ := p.byName.LoadOrStore(name, sync.OnceValues(func() ([]byte, error) { return packAsset(pages, name) }))
	content, err := pack.(func() ([]byte, error))()
	return content, err == nil
}

func packAsset(pages fs.FS, name string) ([]byte, error) {
	plain, err := fs.ReadFile(pages, name)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// takesGzip reports whether the client accepts gzip (RFC 9110, section 12.5.3).
func takesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(coding, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			weight = strings.ReplaceAll(weight, " ", "")
			return weight == "" || strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != ""
		}
	}
	return false
}
