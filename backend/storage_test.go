package backend_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"handover/backend"
	"handover/backend/internal/upload/s3test"
	"handover/backend/order"
)

// storage has the buckets of the tests that need one.
var storage s3test.Service

// keepIn has a server keep its files in a bucket.
func keepIn(b s3test.Bucket) func(*backend.Config) {
	return func(c *backend.Config) { c.Storage, c.StorageTemp = b.Address(), 64<<20 }
}

// begun makes an upload of eva's and returns where it is.
func (s *site) begun(p placed, path, text string) string {
	s.Helper()
	made := s.send(request{method: "POST", path: "/uploads/", as: s.eva, header: []string{
		"Tus-Resumable", "1.0.0", "Upload-Length", fmt.Sprint(len(text)), "Upload-Metadata", s.metadata(p, path),
	}})
	if made.StatusCode != http.StatusCreated {
		s.Fatalf("begin an upload: %s %s", made.Status, made.raw)
	}
	return made.Header.Get("Location")
}

// goneOn sends what an upload lacks, or as much of that as length says.
func (s *site) goneOn(where, path, text string, length ...int) order.File {
	s.Helper()
	at := s.send(request{method: "HEAD", path: where, as: s.eva, header: []string{"Tus-Resumable", "1.0.0"}})
	from, err := strconv.Atoi(at.Header.Get("Upload-Offset"))
	if err != nil {
		s.Fatalf("where it stands: %s", at.Status)
	}
	rest := text[from:]
	if len(length) > 0 {
		rest = rest[:length[0]]
	}
	sent := s.send(request{method: "PATCH", path: where, as: s.eva, body: rest, header: []string{
		"Tus-Resumable", "1.0.0", "Upload-Offset", fmt.Sprint(from), "Content-Type", "application/offset+octet-stream",
	}})
	if sent.StatusCode != http.StatusNoContent || sent.Header.Get("Upload-Offset") != fmt.Sprint(from+len(rest)) {
		s.Fatalf("go on from %d: %s %s", from, sent.Status, sent.raw)
	}
	sum := sha256.Sum256([]byte(text))
	return order.File{ID: where[strings.LastIndexByte(where, '/')+1:], Path: path, Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:])}
}

// What one server takes in, another goes on with, delivers, serves and checks.
func TestNodesShareAStorage(t *testing.T) {
	a, b := nodes(t, keepIn(storage.Bucket(t)))
	a.recordsOnly, b.recordsOnly = false, false
	p := a.order(active)
	text := strings.Repeat("0123456789", 4_000_000) // three parts
	where := a.begun(p, "final/film.mov", text)
	a.goneOn(where, "", text, len(text)/2)
	p.file = b.goneOn(where, "final/film.mov", text)
	a.deliver(a.eva, p)
	file := p.filePath("1", p.file.ID)
	if got := b.send(request{method: "GET", path: file, as: p.buyer}); string(got.raw) != text {
		t.Errorf("the other server sends %d bytes, %s", len(got.raw), got.Status)
	}
	for ranged, want := range map[string]string{"bytes=39999995-": "56789", "bytes=17000003-17000007": "34567", "bytes=0-1": "01"} {
		if got := b.send(request{method: "GET", path: file, as: p.buyer, header: []string{"Range", ranged}}); string(got.raw) != want || got.StatusCode != http.StatusPartialContent {
			t.Errorf("%s: %q, %s", ranged, got.raw, got.Status)
		}
	}
	if zip := b.send(request{method: "GET", path: p.path("/deliveries/1/archive.zip"), as: p.buyer}); zip.StatusCode != http.StatusOK || len(zip.raw) < len(text) {
		t.Errorf("the zip: %d bytes, %s", len(zip.raw), zip.Status)
	}
	for _, s := range []*site{a, b} {
		if report, err := s.Check(t.Context()); err != nil || report.Files != 1 || len(report.Problems) > 0 {
			t.Errorf("the check says %s, %q, %v", report, report.Problems, err)
		}
		if left, err := os.ReadDir(filepath.Join(s.dir, "tmp")); err != nil || len(left) > 0 {
			t.Errorf("on the disk: %v, %v", left, err)
		}
	}
}

// Every state of an order is reached and verified with the files on S3.
func TestServerOnS3(t *testing.T) {
	bucket := storage.Bucket(t)
	s := newSite(t, keepIn(bucket))
	for _, state := range states() {
		s.order(state)
	}
	p := s.order(completed)
	if got := s.send(request{method: "GET", path: p.filePath("1", p.file.ID), as: p.buyer}); string(got.raw) != content {
		t.Errorf("the delivered file is %q, %s", got.raw, got.Status)
	}
	if got := s.send(request{method: "GET", path: p.filePath("1", p.file.ID) + "/preview", as: p.buyer}); string(got.raw) != content {
		t.Errorf("its preview is %q, %s", got.raw, got.Status)
	}
	if ready := s.send(request{method: "GET", path: "/readyz"}); ready.StatusCode != http.StatusOK {
		t.Errorf("ready: %s %s", ready.Status, ready.raw)
	}
	if _, err := s.Backup(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), "versioning") {
		t.Errorf("a backup says %v", err)
	}
	if log := s.log.String(); strings.Contains(log, os.Getenv("AWS_SECRET_ACCESS_KEY")) || strings.Contains(log, bucket.Endpoint) {
		t.Error("the log has the keys or the endpoint")
	}
}

// Who downloads a file is sent to the bucket, where it can be had without us and
// under the name that we would give it.
func TestStorageRedirect(t *testing.T) {
	s := newSite(t, keepIn(storage.Bucket(t)), func(c *backend.Config) { c.StorageRedirect = true })
	p := s.order(active)
	p.file = s.upload(s.eva, p.id, "Entwürfe/Größe 1.txt", content)
	s.deliver(s.eva, p)
	path := p.filePath("1", p.file.ID)
	sent := s.send(request{method: "GET", path: path, as: p.buyer})
	if sent.StatusCode != http.StatusTemporaryRedirect || sent.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%s %s %v", sent.Status, sent.raw, sent.Header)
	}
	for _, r := range []request{
		{method: "GET", path: path + "/preview", as: p.buyer}, {method: "GET", path: p.path("/deliveries/1/archive.zip"), as: p.buyer}, {method: "HEAD", path: path, as: p.buyer},
	} {
		if got := s.send(r); got.StatusCode != http.StatusOK {
			t.Errorf("%s %s: %s", r.method, r.path, got.Status)
		}
	}
	s.send(request{method: "GET", path: path, as: s.otto}).refused(t, http.StatusNotFound, order.NotFound)
	p.file.ID = strings.Repeat("a", 26)
	s.send(request{method: "GET", path: p.filePath("1", p.file.ID), as: p.buyer}).refused(t, http.StatusNotFound, order.NotFound)
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(sent.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || string(raw) != content || !strings.HasPrefix(resp.Header.Get("Content-Disposition"), `attachment; filename="Gr__e 1.txt"`) {
		t.Errorf("%q, %v, %s %v", raw, err, resp.Status, resp.Header)
	}
}

// While the storage is away, answers say so and nothing is lost; the server goes
// on by itself.
func TestTheStorageGoesAway(t *testing.T) {
	var own s3test.Service
	t.Cleanup(func() {
		if err := own.Stop(); err != nil {
			t.Error(err)
		}
	})
	bucket := own.Bucket(t)
	s := newSite(t, keepIn(bucket))
	p := s.order(delivered)
	half := s.order(active)
	own.Down(t)
	for _, r := range []request{
		{method: "GET", path: p.filePath("1", p.file.ID), as: p.buyer},
		{method: "POST", path: "/uploads/", as: s.eva, header: []string{"Tus-Resumable", "1.0.0", "Upload-Length", "3",
			"Upload-Metadata", "order " + base64.StdEncoding.EncodeToString([]byte(half.id)) + ",path YQ=="}},
	} {
		a := s.send(r)
		if a.StatusCode != http.StatusServiceUnavailable || a.problem.Code != "unavailable" || strings.Contains(string(a.raw), bucket.Endpoint) {
			t.Errorf("%s %s while the storage is away: %s %s", r.method, r.path, a.Status, a.raw)
		}
	}
	if ready := s.send(request{method: "GET", path: "/readyz"}); ready.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("ready while the storage is away: %s", ready.Status)
	}
	if _, err := backend.New(backend.Config{Dir: t.TempDir(), Storage: bucket.Address(), Log: slog.New(slog.DiscardHandler), Policy: order.DefaultPolicy()}); err == nil || !strings.Contains(err.Error(), "storage cannot be used") {
		t.Errorf("a start without the storage: %v", err)
	}
	own.Up(t)
	if got := s.send(request{method: "GET", path: p.filePath("1", p.file.ID), as: p.buyer}); string(got.raw) != content {
		t.Errorf("once it is back: %q, %s", got.raw, got.Status)
	}
	s.upload(s.eva, half.id, "a", "abc")
}

// A folder and a bucket that do not belong together are refused before anything
// is changed, and so is a bucket that cannot be used.
func TestStoragesThatDoNotBelong(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	open := func(dir, address string) error {
		s, err := backend.New(backend.Config{Dir: dir, Storage: address, Log: log, Policy: order.DefaultPolicy()})
		if err == nil {
			err = s.Close(t.Context())
		}
		return err
	}
	first, second := storage.Bucket(t), storage.Bucket(t)
	there, here := t.TempDir(), t.TempDir()
	if err := open(there, first.Address()); err != nil {
		t.Fatal(err)
	}
	if err := open(here, ""); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(here, "uploads", strings.Repeat("a", 26)+".data"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	missing := first
	missing.Name = "nowhere"
	for name, tc := range map[string]struct{ dir, address, say string }{
		"without its storage":      {there, "", "s3://" + first.Name},
		"with another":             {there, second.Address(), "has others"},
		"with files of its own":    {here, first.Address(), "files of its own"},
		"without a bucket":         {t.TempDir(), missing.Address(), "no bucket"},
		"with an address amiss":    {t.TempDir(), "s3://", "not an address"},
		"with keys in the address": {t.TempDir(), "s3://key:hidden@bucket", "environment"},
	} {
		err := open(tc.dir, tc.address)
		if err == nil || !strings.Contains(err.Error(), tc.say) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := open(there, first.Address()); err != nil {
		t.Errorf("with its own again: %v", err)
	}
	if err := open(t.TempDir(), first.Address()+"&prefix="+url.QueryEscape("x")); err == nil {
		t.Error("a setting that there is not was taken")
	}
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		t.Setenv(name, "")
	}
	if err := open(there, first.Address()); err == nil || !strings.Contains(err.Error(), "no keys") {
		t.Errorf("without keys: %v", err)
	}
}

// The same random lives as over a folder.
func TestLivesOfAKilledServerOnS3(t *testing.T) {
	few(t, "3")
	house := keepHouse(t)
	house.storage = &storage
	rapid.Check(t, func(t *rapid.T) {
		w := begin(t, house, func(dir string) host { return &process{dir: dir} })
		w.live(map[string]func(){"kill": w.killed, "kill in an action": w.killedInAnAction})
	})
}
