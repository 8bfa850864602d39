package upload_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"handover/backend/api"
	"handover/backend/internal/upload"
	"handover/backend/internal/upload/s3test"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(serveDirEnv); dir != "" {
		serveUntilKilled(dir)
		return
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if err := storage.Stop(); err != nil {
			slog.Error("stop the storage", "error", err)
			code = 1
		}
		os.Exit(code)
	}))
}

const maxSize = 64 << 20

// site is a running server over one folder.
type site struct {
	*testing.T
	dir    string
	ledger *ledger
	svc    *upload.Service
	srv    *httptest.Server
	config func(*upload.Config)
	log    *bytes.Buffer
	bucket *s3test.Bucket // nil over a folder
	// begunEarlier means that an earlier version, without CRC-32, began the uploads.
	begunEarlier bool
}

func newSite(t *testing.T, configure ...func(*upload.Config)) *site {
	return newSiteIn(t, filepath.Join(t.TempDir(), "uploads"), configure...)
}

func newSiteIn(t *testing.T, dir string, configure ...func(*upload.Config)) *site {
	s := &site{T: t, dir: dir, ledger: newLedger(), log: &bytes.Buffer{}}
	s.config = func(c *upload.Config) {
		for _, f := range configure {
			f(c)
		}
	}
	s.open()
	t.Cleanup(s.verify)
	return s
}

func (s *site) open() {
	s.Helper()
	s.srv = httptest.NewUnstartedServer(nil)
	c := upload.Config{
		Dir: s.dir, MaxFileSize: maxSize,
		Ledger: s.ledger, Gate: gate{}, Log: slog.New(slog.NewTextHandler(s.log, nil)),
	}
	s.config(&c)
	svc, err := upload.Open(c)
	if err != nil {
		s.Fatal(err)
	}
	s.svc = svc
	mux := http.NewServeMux()
	mux.Handle("/uploads/", svc)
	s.srv.Config.Handler = mux
	s.srv.Start()
}

func (s *site) shut() {
	s.svc.Close()
	s.srv.Close()
}

// reopen does what a restart of the server does.
func (s *site) reopen() {
	s.Helper()
	s.shut()
	s.open()
}

// verify ends every test: each record in the ledger must match the content on the disk.
func (s *site) verify() {
	s.shut()
	for _, u := range s.ledger.records {
		if err := s.svc.Check(context.Background(), u); err != nil {
			s.Error(err)
		}
		if u.CRC32 == "" && !s.begunEarlier {
			s.Errorf("upload %s has no CRC-32", u.ID)
		}
	}
	s.svc.Close() // connections that the check used
	junk, _ := filepath.Glob(filepath.Join(s.dir, "*.tmp"))
	if len(junk) > 0 {
		s.Errorf("left over: %v", junk)
	}
}

// reply is an answer whose body has been read.
type reply struct {
	*http.Response
	body    string
	problem api.Problem
}

// ask sends a request as ann; header is pairs of names and values, of which
// later ones replace earlier ones.
func (s *site) ask(method, target string, body io.Reader, header ...string) reply {
	s.Helper()
	r, err := s.try(method, target, body, header...)
	if err != nil {
		s.Fatal(err)
	}
	return r
}

func (s *site) try(method, target string, body io.Reader, header ...string) (reply, error) {
	if strings.HasPrefix(target, "/") {
		target = s.srv.URL + target
	}
	req, err := http.NewRequest(method, target, body)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Tus-Resumable", "1.0.0")
	req.Header.Set("Authorization", "Bearer ann")
	for i := 0; i+1 < len(header); i += 2 {
		if header[i+1] == "" {
			req.Header.Del(header[i])
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.srv.Client().Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	r := reply{Response: resp, body: string(raw)}
	if resp.Header.Get("Content-Type") == "application/problem+json" {
		err = errors.Join(err, json.Unmarshal(raw, &r.problem))
	}
	return r, err
}

func metadata(orderID, path string) string {
	return "order " + base64.StdEncoding.EncodeToString([]byte(orderID)) +
		",path " + base64.StdEncoding.EncodeToString([]byte(path))
}

// create begins an upload of ann's and returns its URL.
func (s *site) create(size int64) string {
	s.Helper()
	r := s.ask("POST", "/uploads/", nil,
		"Upload-Length", strconv.FormatInt(size, 10), "Upload-Metadata", metadata("logo", "final/logo.bin"))
	s.want(r, http.StatusCreated, "")
	return r.Header.Get("Location")
}

func (s *site) patch(url string, offset int64, body io.Reader, header ...string) reply {
	s.Helper()
	return s.ask("PATCH", url, body, append([]string{
		"Content-Type", "application/offset+octet-stream", "Upload-Offset", strconv.FormatInt(offset, 10),
	}, header...)...)
}

// offset returns the offset of an upload.
func (s *site) offset(url string) int64 {
	s.Helper()
	r := s.ask("HEAD", url, nil)
	s.want(r, http.StatusOK, "")
	n, err := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
	if err != nil {
		s.Fatal(err)
	}
	return n
}

func (s *site) want(r reply, status int, code string) {
	s.Helper()
	if r.StatusCode != status || r.problem.Code != code {
		s.Fatalf("%s %s: %d %q, want %d %q: %s", r.Request.Method, r.Request.URL, r.StatusCode, r.problem.Code, status, code, r.body)
	}
	if strings.Contains(r.body, s.dir) || s.bucket != nil && (strings.Contains(r.body, s.bucket.Endpoint) || strings.Contains(r.body, s.bucket.Name)) {
		s.Errorf("the answer shows a path of the server: %s", r.body)
	}
	if status >= 400 && r.Request.Method != "HEAD" && (r.problem.Status != status || r.problem.Title == "" || r.problem.Detail == "") {
		s.Errorf("not a whole problem: %s", r.body)
	}
}

// wantWhole asserts that HEAD, the ledger and the store have the complete content.
func (s *site) wantWhole(url string, content []byte) {
	s.Helper()
	r := s.ask("HEAD", url, nil)
	s.want(r, http.StatusOK, "")
	if got := r.Header.Get("Upload-Offset"); got != strconv.Itoa(len(content)) {
		s.Fatalf("offset %s of %d", got, len(content))
	}
	if got := r.Header.Get("Repr-Digest"); got != digest(content) {
		s.Errorf("Repr-Digest %q, want %q", got, digest(content))
	}
	u, err := s.ledger.Upload(context.Background(), idOf(url))
	if err != nil {
		s.Fatalf("the ledger has no record: %v", err)
	}
	sum := sha256.Sum256(content)
	if u.SHA256 != hex.EncodeToString(sum[:]) || u.Size != int64(len(content)) || u.SellerID != "ann" || u.OrderID != "logo" || u.FinishedAt.IsZero() {
		s.Errorf("record %+v", u)
	}
	f, err := s.svc.OpenFile(context.Background(), u.ID)
	if err != nil {
		s.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, content) {
		s.Errorf("the stored content differs (%d bytes, %v)", len(got), err)
	}
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

func idOf(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }

func (s *site) file(url, ext string) string { return filepath.Join(s.dir, idOf(url)+ext) }

// noise returns the same pseudorandom bytes every time.
func noise(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{7}).Read(b)
	return b
}

// decode reads Upload-Metadata in the plainest way, for values that are good.
func decode(t *testing.T, header string) map[string]string {
	t.Helper()
	values := map[string]string{}
	for pair := range strings.SplitSeq(header, ",") {
		key, encoded, _ := strings.Cut(strings.TrimSpace(pair), " ")
		value, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			t.Fatalf("%q: %v", pair, err)
		}
		values[key] = string(value)
	}
	return values
}

// files are the names of all files in the folder, or the keys in the bucket.
func (s *site) files() []string {
	if s.bucket != nil {
		return objects(s.T, s.bucket)
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
