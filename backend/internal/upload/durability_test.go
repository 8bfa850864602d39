package upload_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"handover/backend/order"
)

// awaitData returns when at least n bytes of a running upload are in the file.
func (s *site) awaitData(url string, n int64) {
	s.Helper()
	for {
		if st, err := os.Stat(s.file(url, ".data")); err == nil && st.Size() >= n {
			return
		}
		runtime.Gosched()
	}
}

func overwrite(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Each case damages the folder of an upload with 3 of 10 bytes, as a crash or a bad disk
// may, and restarts the server.
func TestReopenUnfinished(t *testing.T) {
	const content = "abcdefghij"
	for _, tc := range []struct {
		name   string
		damage func(t *testing.T, s *site, url string)
		offset int64 // -1: the upload is gone
	}{
		{"as it was", func(*testing.T, *site, string) {}, 3},
		{"a tail that was never acknowledged, and the computer has started anew", func(t *testing.T, s *site, url string) {
			overwrite(t, s.file(url, ".data"), []byte("abcXXXX"))
			replaceInInfo(`"boot":"`, `"boot":"before `)(t, s, url)
		}, 3},
		{"a tail that was never acknowledged, of this run of the computer", func(t *testing.T, s *site, url string) {
			overwrite(t, s.file(url, ".data"), []byte("abcdefg"))
		}, 7},
		{"all of the tail", func(t *testing.T, s *site, url string) {
			overwrite(t, s.file(url, ".data"), []byte(content))
		}, 10},
		{"more than the file has", func(t *testing.T, s *site, url string) {
			overwrite(t, s.file(url, ".data"), []byte("abcdefghijk"))
		}, 3},
		{"an info that was being written", func(t *testing.T, s *site, url string) {
			overwrite(t, s.file(url, ".info.tmp"), []byte(`{"id":`))
		}, 3},
		{"data cut short", func(t *testing.T, s *site, url string) {
			if err := os.Truncate(s.file(url, ".data"), 2); err != nil {
				t.Fatal(err)
			}
		}, 2},
		{"data gone", func(t *testing.T, s *site, url string) {
			if err := os.Remove(s.file(url, ".data")); err != nil {
				t.Fatal(err)
			}
		}, 0},
		{"no state of the hash", replaceInInfo(`"hash_state"`, `"was_hash_state"`), 3},
		{"a wrong state of the hash", replaceInInfo(`"hash_state":"`, `"hash_state":"AAAA`), 3},
		{"the state of an earlier version", func(t *testing.T, s *site, url string) {
			s.begunEarlier = true
			replaceInInfo(`"hash_state":"`+hashState(t, s, url), `"hash_state":"`+hashState(t, s, url)[:base64.StdEncoding.EncodedLen(shaState)])(t, s, url)
		}, 3},
		{"empty info", func(t *testing.T, s *site, url string) { overwrite(t, s.file(url, ".info"), nil) }, -1},
		{"half an info", func(t *testing.T, s *site, url string) {
			raw, err := os.ReadFile(s.file(url, ".info"))
			if err != nil {
				t.Fatal(err)
			}
			overwrite(t, s.file(url, ".info"), raw[:len(raw)/2])
		}, -1},
		{"info of another", func(t *testing.T, s *site, url string) {
			overwrite(t, s.file(url, ".info"), []byte(`{"id":"../../etc/passwd","seller_id":"ann","order_id":"logo","path":"x","size":1}`))
		}, -1},
		{"an impossible offset", replaceInInfo(`"offset":3`, `"offset":33`), -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t)
			url := s.create(int64(len(content)))
			s.want(s.patch(url, 0, strings.NewReader(content[:3])), http.StatusNoContent, "")
			tc.damage(t, s, url)
			s.reopen()
			url = s.srv.URL + "/uploads/" + idOf(url)
			if tc.offset < 0 {
				s.want(s.ask("HEAD", url, nil), http.StatusNotFound, "")
				if names := s.files(); len(names) != 0 {
					t.Errorf("left on the disk: %v", names)
				}
				return
			}
			if got := s.offset(url); got != tc.offset {
				t.Fatalf("offset %d, want %d", got, tc.offset)
			}
			if tc.offset < int64(len(content)) {
				s.want(s.patch(url, tc.offset, strings.NewReader(content[tc.offset:])), http.StatusNoContent, "")
			}
			s.wantWhole(url, []byte(content))
		})
	}
}

// shaState is the length of the state of SHA-256 alone.
const shaState = 108

func hashState(t *testing.T, s *site, url string) string {
	t.Helper()
	raw, err := os.ReadFile(s.file(url, ".info"))
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		HashState string `json:"hash_state"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		t.Fatal(err)
	}
	return in.HashState
}

func replaceInInfo(from, to string) func(*testing.T, *site, string) {
	return func(t *testing.T, s *site, url string) {
		t.Helper()
		raw, err := os.ReadFile(s.file(url, ".info"))
		if err != nil || !bytes.Contains(raw, []byte(from)) {
			t.Fatalf("%s in %s (%v)", from, raw, err)
		}
		overwrite(t, s.file(url, ".info"), bytes.Replace(raw, []byte(from), []byte(to), 1))
	}
}

// A running server also detects a damaged info, and the client can remove the upload.
func TestDamagedWhileRunning(t *testing.T) {
	for _, method := range []string{"HEAD", "PATCH", "DELETE"} {
		t.Run(method, func(t *testing.T) {
			s := newSite(t)
			url := s.create(10)
			s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusNoContent, "")
			overwrite(t, s.file(url, ".info"), nil)
			code := "upload_damaged"
			if method == "HEAD" {
				code = ""
			}
			s.want(s.ask(method, url, nil), http.StatusGone, code)
			if names := s.files(); len(names) != 0 {
				t.Errorf("left on the disk: %v", names)
			}
			s.want(s.ask(method, url, nil, "Upload-Offset", "3", "Content-Type", "application/offset+octet-stream"),
				http.StatusNotFound, strings.Replace(code, "upload_damaged", "not_found", 1))
		})
	}
}

// An upload in the ledger survives the loss of its info file.
func TestDamagedInfoOfRecordedUpload(t *testing.T) {
	s := newSite(t)
	url := s.create(3)
	s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusNoContent, "")
	overwrite(t, s.file(url, ".done"), []byte("{"))
	s.reopen()
	s.wantWhole(s.srv.URL+"/uploads/"+idOf(url), []byte("abc"))
}

// The record is missing because the server died between the last byte and the
// ledger's commit, or because the ledger was taken from an older backup.
func TestOpenRecordsWhatIsWhole(t *testing.T) { onEveryStore(t, testOpenRecordsWhatIsWhole) }

func testOpenRecordsWhatIsWhole(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	s.ledger.finishing = func(order.Upload) error { return errors.New("away") }
	url := s.create(3)
	s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusInternalServerError, "internal")
	s.ledger.set(func(l *ledger) { l.finishing = nil })
	s.reopen()
	if len(s.ledger.records) != 1 {
		t.Fatal("no record after the restart")
	}
	if s.bucket != nil {
		return // the bucket has no copy of the record
	}
	s.ledger.set(func(l *ledger) { clear(l.records) })
	s.wantWhole(s.srv.URL+"/uploads/"+idOf(url), []byte("abc"))
}

func TestOpenGoesOnWhenTheLedgerRefuses(t *testing.T) {
	onEveryStore(t, testOpenGoesOnWhenTheLedgerRefuses)
}

func testOpenGoesOnWhenTheLedgerRefuses(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	s.ledger.finishing = func(order.Upload) error { return errors.New("away") }
	url := s.create(3)
	s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusInternalServerError, "internal")
	s.reopen()
	if !strings.Contains(s.log.String(), "could not be recorded") {
		t.Errorf("nothing of it in the log: %s", s.log)
	}
}

func TestOpenRemovesRemains(t *testing.T) {
	s := newSite(t)
	gone, kept := s.create(3), s.create(3)
	for _, url := range []string{gone, kept} {
		s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusNoContent, "")
		if err := os.Remove(s.file(url, ".done")); err != nil {
			t.Fatal(err)
		}
	}
	s.ledger.set(func(l *ledger) { delete(l.records, idOf(gone)) })
	overwrite(t, s.dir+"/notes.txt", nil)
	s.reopen()
	want := []string{idOf(kept) + ".data", "notes.txt"}
	slices.Sort(want)
	if names := s.files(); !slices.Equal(names, want) {
		t.Errorf("on the disk: %v, want %v", names, want)
	}
	s.wantWhole(s.srv.URL+"/uploads/"+idOf(kept), []byte("abc"))
}

func TestOpenFileServesFinishedUploadsOnly(t *testing.T) {
	onEveryStore(t, testOpenFileServesFinishedUploadsOnly)
}

func testOpenFileServesFinishedUploadsOnly(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	url := s.create(3)
	for _, id := range []string{idOf(url), "", "..", "../uploads/" + idOf(url), strings.Repeat("a", 26), strings.ToUpper(idOf(url))} {
		if f, err := s.svc.OpenFile(context.Background(), id); !errors.Is(err, &order.Error{Code: order.NotFound}) {
			t.Errorf("OpenFile(%q): %v, %v", id, f, err)
		}
	}
}

func TestCheckFindsDamage(t *testing.T) {
	s := newSite(t)
	url := s.create(3)
	s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusNoContent, "")
	u := s.ledger.records[idOf(url)]
	for name, damage := range map[string]string{"shorter": "ab", "longer": "abcd", "other": "abd"} {
		overwrite(t, s.file(url, ".data"), []byte(damage))
		if err := s.svc.Check(context.Background(), u); err == nil {
			t.Errorf("%s: no problem found", name)
		}
	}
	if err := os.Remove(s.file(url, ".data")); err != nil {
		t.Fatal(err)
	}
	if err := s.svc.Check(context.Background(), u); err == nil {
		t.Error("missing: no problem found")
	}
	overwrite(t, s.file(url, ".data"), []byte("abc"))
}

func TestFilesArePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the rights of the data folder decide there")
	}
	s := newSite(t)
	url := s.create(3)
	s.want(s.patch(url, 0, strings.NewReader("ab")), http.StatusNoContent, "")
	s.create(0)
	for _, name := range append(s.files(), ".") {
		st, err := os.Stat(filepath.Join(s.dir, name))
		if err != nil || st.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v (%v)", name, st.Mode(), err)
		}
	}
}

// After a crash of the computer, the info may be older than the last bytes although the
// ledger has the upload. Its content must not be cut.
func TestInfoThatLagsBehindTheLedger(t *testing.T) {
	for _, reopened := range []bool{false, true} {
		s := newSite(t)
		url := s.create(6)
		s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusNoContent, "")
		before, err := os.ReadFile(s.file(url, ".info"))
		if err != nil {
			t.Fatal(err)
		}
		s.want(s.patch(url, 3, strings.NewReader("def")), http.StatusNoContent, "")
		if err := os.Remove(s.file(url, ".done")); err != nil {
			t.Fatal(err)
		}
		overwrite(t, s.file(url, ".info"), bytes.ReplaceAll(before, []byte(`"boot":"`), []byte(`"boot":"another `)))
		if reopened {
			s.reopen()
		}
		s.want(s.patch(s.srv.URL+"/uploads/"+idOf(url), 3, strings.NewReader("xyz")), http.StatusConflict, "mismatched_offset")
		s.wantWhole(s.srv.URL+"/uploads/"+idOf(url), []byte("abcdef"))
	}
}
