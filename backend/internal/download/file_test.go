package download_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"handover/backend/internal/download"
	"handover/backend/order"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var deliveredAt = time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)

func fileOf(path string, content []byte) order.File {
	sum := sha256.Sum256(content)
	return order.File{ID: "id-of-" + path, Path: path, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]), Type: "image/png"}
}

// onDisk returns an open file with the content.
func onDisk(t *testing.T, content []byte) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "content")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// get serves one request over a real connection.
func get(t *testing.T, h http.HandlerFunc, method string, header ...string) (*http.Response, []byte, error) {
	t.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	req, err := http.NewRequest(method, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := srv.Client().Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

func TestServeFile(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 300_000) // more than one step of the writer
	f := fileOf("final/logo.png", content)
	etag := `"` + f.SHA256 + `"`
	multi := "multipart"
	for _, tc := range []struct {
		name, method string
		header       []string
		status       int
		body         string // "multipart": several parts
	}{
		{"all of it", "GET", nil, 200, string(content)},
		{"only the header", "HEAD", nil, 200, ""},
		{"from the start", "GET", []string{"Range", "bytes=0-4"}, 206, "01234"},
		{"the rest", "GET", []string{"Range", "bytes=2999995-"}, 206, "56789"},
		{"the end", "GET", []string{"Range", "bytes=-3"}, 206, "789"},
		{"more than a step", "GET", []string{"Range", "bytes=1-2999999"}, 206, string(content[1:])},
		{"two ranges", "GET", []string{"Range", "bytes=0-1,5-6"}, 206, multi},
		{"beyond the end", "GET", []string{"Range", "bytes=3000000-"}, 416, "invalid range: failed to overlap\n"},
		{"resumed", "GET", []string{"Range", "bytes=2999995-", "If-Range", etag}, 206, "56789"},
		{"resumed, but it is another file", "GET", []string{"Range", "bytes=2999995-", "If-Range", `"other"`}, 200, string(content)},
		{"resumed with a weak tag", "GET", []string{"Range", "bytes=2999995-", "If-Range", "W/" + etag}, 200, string(content)},
		{"unchanged", "GET", []string{"If-None-Match", etag}, 304, ""},
		{"not what was wanted", "GET", []string{"If-Match", `"other"`}, 412, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			resp, body, err := get(t, func(w http.ResponseWriter, r *http.Request) {
				if err := download.ServeFile(w, r, f, onDisk(t, content), deliveredAt); err != nil {
					t.Error(err)
				}
			}, tc.method, tc.header...)
			if err != nil || resp.StatusCode != tc.status {
				t.Fatalf("status %d (%v)", resp.StatusCode, err)
			}
			if tc.body == multi {
				if !strings.HasPrefix(resp.Header.Get("Content-Type"), "multipart/byteranges") {
					t.Errorf("Content-Type %q", resp.Header.Get("Content-Type"))
				}
			} else if string(body) != tc.body {
				t.Errorf("%d bytes of body, want %d", len(body), len(tc.body))
			}
		})
	}
}

func TestServeFileHeader(t *testing.T) {
	content := []byte("<script>alert(1)</script>")
	f := fileOf("pages/Entwürfe & \"mehr\".html", content)
	f.Type = "text/html; charset=utf-8"
	resp, _, err := get(t, func(w http.ResponseWriter, r *http.Request) {
		if err := download.ServeFile(w, r, f, onDisk(t, content), deliveredAt); err != nil {
			t.Error(err)
		}
	}, "GET")
	if err != nil {
		t.Fatal(err)
	}
	sum, _ := hex.DecodeString(f.SHA256)
	for name, want := range map[string]string{
		"Content-Type":            "text/html; charset=utf-8",
		"Content-Length":          "25",
		"Content-Disposition":     `attachment; filename="Entw_rfe & _mehr_.html"; filename*=UTF-8''Entw%C3%BCrfe%20&%20_mehr_.html`,
		"X-Content-Type-Options":  "nosniff",
		"Content-Security-Policy": "sandbox; default-src 'none'",
		"Cache-Control":           "private, no-cache",
		"Accept-Ranges":           "bytes",
		"Etag":                    `"` + f.SHA256 + `"`,
		"Repr-Digest":             "sha-256=:" + base64.StdEncoding.EncodeToString(sum) + ":",
		"Last-Modified":           "Sat, 14 Mar 2026 15:09:26 GMT",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func FuzzDisposition(f *testing.F) {
	for _, seed := range []string{"a.txt", "Ü.pdf", `a"b\c.txt`, "a;b=c.txt", "x\r\nSet-Cookie: a=b", "..", "日本.zip", "%00", "\u202egpj.exe", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		w := httptest.NewRecorder()
		file := fileOf(name, nil)
		if err := download.ServeFile(w, httptest.NewRequest("GET", "/", nil), file, bytes.NewReader(nil), deliveredAt); err != nil {
			t.Fatal(err)
		}
		value := w.Header().Get("Content-Disposition")
		kind, params, err := mime.ParseMediaType(value)
		if err != nil || kind != "attachment" || len(params) != 1 {
			t.Fatalf("%q is read as %q %v (%v)", value, kind, params, err)
		}
		if strings.ContainsAny(params["filename"], "/\\\r\n\"") || strings.ContainsAny(value, "\r\n") {
			t.Errorf("a name that is not safe: %q", value)
		}
	})
}

func TestServeFileOfWrongLength(t *testing.T) {
	w := httptest.NewRecorder()
	f := fileOf("a", []byte("abc"))
	if err := download.ServeFile(w, httptest.NewRequest("GET", "/", nil), f, strings.NewReader("ab"), deliveredAt); err == nil {
		t.Error("a damaged file was served")
	}
	if w.Body.Len() > 0 || len(w.Header()) > 0 {
		t.Errorf("sent %v %s", w.Header(), w.Body)
	}
}

// A download is not bound by the server's own limit on writing.
func TestServeFileIgnoresWriteTimeout(t *testing.T) {
	content := bytes.Repeat([]byte("x"), 8<<20)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := download.ServeFile(w, r, fileOf("a", content), onDisk(t, content), deliveredAt); err != nil {
			t.Error(err)
		}
	}))
	srv.Config.WriteTimeout = time.Nanosecond
	srv.Start()
	defer srv.Close()
	resp, err := srv.Client().Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes (%v)", len(got), err)
	}
}
