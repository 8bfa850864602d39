package httpapi

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

// packed are the page's assets compressed, each when it is first asked for.
// They are few, and never change.
type packed struct{ byName sync.Map } // name -> func() ([]byte, error)

// worthPacking are the endings of what shrinks.
var worthPacking = []string{".js", ".mjs", ".css", ".svg", ".json"}

// of returns the asset as gzip (RFC 1952), or false for one that does not shrink.
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
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	return out.Bytes(), err
}

// takesGzip reports whether the client said that it understands gzip (RFC 9110,
// section 12.5.3).
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
