package upload_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"handover/backend/internal/upload"
	"handover/backend/order"
)

// part uploads a section of a file and returns its path.
func (s *site) part(content []byte) string {
	s.Helper()
	r := s.ask("POST", "/uploads/", nil, "Upload-Concat", "partial",
		"Upload-Length", strconv.Itoa(len(content)), "Upload-Metadata", metadata("logo", "final/logo.bin"))
	s.want(r, http.StatusCreated, "")
	url := r.Header.Get("Location")
	if len(content) > 0 {
		s.want(s.patch(url, 0, bytes.NewReader(content)), http.StatusNoContent, "")
	}
	return url
}

func (s *site) final(header ...string) reply {
	s.Helper()
	return s.ask("POST", "/uploads/", nil, append([]string{"Upload-Metadata", metadata("logo", "final/logo.bin")}, header...)...)
}

// cut divides content at the offsets.
func cut(content []byte, offsets ...int) [][]byte {
	var pieces [][]byte
	from := 0
	for _, to := range append(offsets, len(content)) {
		pieces, from = append(pieces, content[from:to]), to
	}
	return pieces
}

func (s *site) parts(pieces [][]byte) string {
	s.Helper()
	var list []string
	for _, p := range pieces {
		list = append(list, s.part(p))
	}
	return strings.Join(list, " ")
}

func TestConcatenation(t *testing.T) { onEveryStore(t, testConcatenation) }

func testConcatenation(t *testing.T, newSite newSiteFunc) {
	content := noise(3<<20 + 5)
	for _, tc := range []struct {
		name   string
		pieces [][]byte
	}{
		{"one part", cut(content)},
		{"four parts", cut(content, 1<<20, 1<<20+7, 2<<20)},
		{"with empty parts", cut(content, 0, 0, 1<<20, 1<<20, len(content))},
		{"nothing but empty parts", cut(nil, 0, 0)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t)
			whole := bytes.Join(tc.pieces, nil)
			list := s.parts(tc.pieces)
			if len(s.ledger.records) != 0 {
				t.Fatalf("the ledger has parts: %v", s.ledger.records)
			}
			r := s.final("Upload-Concat", "final;"+list)
			s.want(r, http.StatusCreated, "")
			if got := r.Header.Get("Upload-Offset"); got != strconv.Itoa(len(whole)) {
				t.Errorf("Upload-Offset %q", got)
			}
			if got := r.Header.Get("Repr-Digest"); got != digest(whole) {
				t.Errorf("Repr-Digest %q", got)
			}
			url := r.Header.Get("Location")
			s.wantWhole(url, whole)
			for part := range strings.SplitSeq(list, " ") {
				s.want(s.ask("HEAD", part, nil), http.StatusNotFound, "")
			}
			if names := s.files(); len(names) != 2 {
				t.Errorf("on the disk: %v", names)
			}
			head := s.ask("HEAD", url, nil)
			if got := head.Header.Get("Upload-Concat"); got != "final;"+list {
				t.Errorf("Upload-Concat %q, want final;%s", got, list)
			}
			again := s.final("Upload-Concat", "final;"+list)
			s.want(again, http.StatusCreated, "")
			if again.Header.Get("Location") != url || again.Header.Get("Repr-Digest") != digest(whole) {
				t.Errorf("asked again: %v", again.Header)
			}
			s.want(s.patch(url, int64(len(whole)), nil), http.StatusForbidden, "modify_final")
		})
	}
}

func TestHeadOfPart(t *testing.T) { onEveryStore(t, testHeadOfPart) }

func testHeadOfPart(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	r := s.ask("HEAD", s.part([]byte("abc")), nil)
	s.want(r, http.StatusOK, "")
	if r.Header.Get("Upload-Concat") != "partial" || r.Header.Get("Upload-Offset") != "3" || r.Header.Get("Repr-Digest") != "" {
		t.Errorf("%v", r.Header)
	}
}

func TestPartAddresses(t *testing.T) { onEveryStore(t, testPartAddresses) }

func testPartAddresses(t *testing.T, newSite newSiteFunc) {
	for _, tc := range []struct {
		name   string
		format func(s *site, path string) string
		status int
	}{
		{"a path", func(_ *site, p string) string { return p }, 201},
		{"an address of this server", func(s *site, p string) string { return s.srv.URL + p }, 201},
		{"the public address", func(_ *site, p string) string { return "https://files.example" + p }, 201},
		{"the address of another server", func(_ *site, p string) string { return "https://other.example" + p }, 400},
		{"no scheme", func(_ *site, p string) string { return "//files.example" + p }, 400},
		{"another scheme", func(_ *site, p string) string { return "file://files.example" + p }, 400},
		{"a query", func(_ *site, p string) string { return p + "?x" }, 400},
		{"an empty query", func(_ *site, p string) string { return p + "?" }, 400},
		{"a fragment", func(_ *site, p string) string { return p + "#" }, 400},
		{"more of a path", func(_ *site, p string) string { return p + "/x" }, 400},
		{"less of a path", func(_ *site, p string) string { return idOf(p) }, 400},
		{"a way around", func(_ *site, p string) string { return "/uploads/x/../" + idOf(p) }, 400},
		{"upwards", func(_ *site, p string) string { return "/uploads/../" + idOf(p) }, 400},
		{"another folder", func(_ *site, p string) string { return "/other/uploads/" + idOf(p) }, 400},
		{"escaped", func(_ *site, p string) string { return "/uploads/%2e%2e%2f" + idOf(p) }, 400},
		{"capitals", func(_ *site, p string) string { return "/uploads/" + strings.ToUpper(idOf(p)) }, 400},
		{"a password", func(_ *site, p string) string { return "https://a:b@files.example" + p }, 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t, func(c *upload.Config) { c.PublicURL = func() string { return "https://files.example" } })
			r := s.final("Upload-Concat", "final;"+tc.format(s, s.part([]byte("abc"))))
			code := ""
			if tc.status != http.StatusCreated {
				code = "invalid"
			}
			s.want(r, tc.status, code)
		})
	}
}

func TestConcatenationIsRefused(t *testing.T) { onEveryStore(t, testConcatenationIsRefused) }

func testConcatenationIsRefused(t *testing.T, newSite newSiteFunc) {
	missing := "/uploads/" + strings.Repeat("a", 26)
	for _, tc := range []struct {
		name   string
		header func(s *site, part string) []string
		status int
		code   string
	}{
		{"a part that is not there", func(_ *site, p string) []string { return []string{"Upload-Concat", "final;" + p + " " + missing} }, 410, "part_missing"},
		{"a part of another seller", func(_ *site, p string) []string {
			return []string{"Upload-Concat", "final;" + p, "Authorization", "Bearer bob", "Upload-Metadata", metadata("bobs", "x")}
		}, 410, "part_missing"},
		{"a part of another order", func(_ *site, p string) []string {
			return []string{"Upload-Concat", "final;" + p, "Upload-Metadata", metadata("film", "x")}
		}, 400, "invalid"},
		{"a part twice", func(_ *site, p string) []string { return []string{"Upload-Concat", "final;" + p + " " + p} }, 400, "invalid"},
		{"a part that is not whole", func(s *site, p string) []string {
			r := s.ask("POST", "/uploads/", nil, "Upload-Concat", "partial", "Upload-Length", "5", "Upload-Metadata", metadata("logo", "x"))
			return []string{"Upload-Concat", "final;" + p + " " + r.Header.Get("Location")}
		}, 400, "upload_not_finished"},
		{"an upload that is no part", func(s *site, p string) []string { return []string{"Upload-Concat", "final;" + p + " " + s.create(0)} }, 400, "invalid"},
		{"no part", func(*site, string) []string { return []string{"Upload-Concat", "final;"} }, 400, "invalid"},
		{"only spaces", func(*site, string) []string { return []string{"Upload-Concat", "final;  "} }, 400, "invalid"},
		{"too many", func(_ *site, p string) []string {
			list := make([]string, 0, 1001)
			for i := range 1001 {
				list = append(list, p[:len(p)-4]+strings.Map(func(r rune) rune { return 'a' + r - '0' }, strconv.Itoa(1000 + i)[:4]))
			}
			return []string{"Upload-Concat", "final;" + strings.Join(list, " ")}
		}, 400, "invalid"},
		{"a length", func(_ *site, p string) []string { return []string{"Upload-Concat", "final;" + p, "Upload-Length", "3"} }, 400, "invalid"},
		{"content", func(_ *site, p string) []string {
			return []string{"Upload-Concat", "final;" + p, "Content-Type", "application/offset+octet-stream"}
		}, 403, "modify_final"},
		{"wrong version", func(_ *site, p string) []string {
			return []string{"Upload-Concat", "final;" + p, "Tus-Resumable", "0.2.2"}
		}, 412, "unsupported_version"},
		{"no metadata", func(_ *site, p string) []string {
			return []string{"Upload-Concat", "final;" + p, "Upload-Metadata", ""}
		}, 400, "invalid"},
		{"an order that is over", func(_ *site, p string) []string {
			return []string{"Upload-Concat", "final;" + p, "Upload-Metadata", metadata("finished-order", "x")}
		}, 409, "conflict"},
		{"not signed in", func(_ *site, p string) []string { return []string{"Upload-Concat", "final;" + p, "Authorization", ""} }, 401, "unauthorized"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t)
			part := s.part([]byte("abc"))
			header := tc.header(s, part)
			before := strings.Join(s.files(), " ")
			s.want(s.final(header...), tc.status, tc.code)
			if after := strings.Join(s.files(), " "); after != before {
				t.Errorf("files %s, before %s", after, before)
			}
			r := s.final("Upload-Concat", "final;"+part)
			s.want(r, http.StatusCreated, "")
			s.wantWhole(r.Header.Get("Location"), []byte("abc"))
		})
	}
}

func TestConcatenationTooLarge(t *testing.T) { onEveryStore(t, testConcatenationTooLarge) }

func testConcatenationTooLarge(t *testing.T, newSite newSiteFunc) {
	s := newSite(t, func(c *upload.Config) { c.MaxFileSize = 5 })
	list := s.parts([][]byte{[]byte("abc"), []byte("def")})
	s.want(s.final("Upload-Concat", "final;"+list), http.StatusRequestEntityTooLarge, "file_too_large")
}

// A part of one final upload cannot become a part of a second.
func TestPartUsedTwice(t *testing.T) { onEveryStore(t, testPartUsedTwice) }

func testPartUsedTwice(t *testing.T, newSite newSiteFunc) {
	s := newSite(t, func(c *upload.Config) { c.AssemblyPatience = time.Nanosecond })
	s.ledger.set(func(l *ledger) { l.finishing = func(order.Upload) error { return errors.New("away") } })
	one, two := s.part([]byte("abc")), s.part([]byte("def"))
	r := s.final("Upload-Concat", "final;"+one+" "+two)
	if r.StatusCode != http.StatusCreated && r.StatusCode != http.StatusInternalServerError {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	s.want(s.final("Upload-Concat", "final;"+two+" "+one), http.StatusBadRequest, "invalid")
	s.ledger.set(func(l *ledger) { l.finishing = nil })
	s.wantWhole(s.awaitFinal("final;"+one+" "+two), []byte("abcdef"))
}

// awaitFinal sends HEAD until the answer has an offset, like a client.
func (s *site) awaitFinal(concat string) string {
	s.Helper()
	r := s.final("Upload-Concat", concat)
	s.want(r, http.StatusCreated, "")
	for s.ask("HEAD", r.Header.Get("Location"), nil).Header.Get("Upload-Offset") == "" {
	}
	return r.Header.Get("Location")
}

// An upload in the ledger is complete even when its info does not say so.
func TestFinalThatTheLedgerHas(t *testing.T) {
	s := newSite(t, func(c *upload.Config) { c.AssemblyPatience = time.Nanosecond })
	final := s.awaitFinal("final;" + s.parts(cut([]byte("abcdef"), 3)))
	s.shut()
	if err := os.Rename(s.file(final, ".done"), s.file(final, ".info")); err != nil {
		t.Fatal(err)
	}
	leave := make(chan bool)
	defer close(leave)
	s.ledger.finishing = func(order.Upload) error { <-leave; return nil }
	s.open()
	s.wantWhole(final, []byte("abcdef"))
}

// A client without an answer in time sends HEAD. The answer has no offset before the
// upload is complete.
func TestFinalTakesLong(t *testing.T) { onEveryStore(t, testFinalTakesLong) }

func testFinalTakesLong(t *testing.T, newSite newSiteFunc) {
	s := newSite(t, func(c *upload.Config) { c.AssemblyPatience = time.Millisecond })
	inside, leave := make(chan bool), make(chan bool)
	s.ledger.finishing = func(order.Upload) error {
		inside <- true
		<-leave
		return nil
	}
	list := s.parts(cut([]byte("abcdef"), 2, 4))
	r := s.final("Upload-Concat", "final;"+list)
	s.want(r, http.StatusCreated, "")
	url := r.Header.Get("Location")
	<-inside
	for _, r := range []reply{r, s.ask("HEAD", url, nil)} {
		if _, ok := r.Header["Upload-Offset"]; ok || r.Header.Get("Repr-Digest") != "" {
			t.Errorf("before it is whole: %v", r.Header)
		}
	}
	for part := range strings.SplitSeq(list, " ") {
		if at := s.offset(part); at != 2 {
			t.Errorf("a part is at %d", at)
		}
	}
	leave <- true
	s.ledger.set(func(l *ledger) { l.finishing = nil })
	for s.ask("HEAD", url, nil).Header.Get("Upload-Offset") == "" {
	}
	s.wantWhole(url, []byte("abcdef"))
}

func TestTerminationOfFinal(t *testing.T) { onEveryStore(t, testTerminationOfFinal) }

func testTerminationOfFinal(t *testing.T, newSite newSiteFunc) {
	s := newSite(t, func(c *upload.Config) { c.AssemblyPatience = time.Nanosecond })
	r := s.final("Upload-Concat", "final;"+s.parts(cut(noise(8<<20), 1<<20, 4<<20)))
	s.want(r, http.StatusCreated, "")
	s.want(s.ask("DELETE", r.Header.Get("Location"), nil), http.StatusNoContent, "")
	s.want(s.ask("HEAD", r.Header.Get("Location"), nil), http.StatusNotFound, "")
}

// Each case leaves the folder in the state of a crash during the assembly of three parts,
// and restarts the server. The folder must then have the complete final upload only.
func TestReopenFinal(t *testing.T) {
	content := noise(300 << 10)
	for _, tc := range []struct {
		name   string
		damage func(t *testing.T, s *site, final string, parts []string)
	}{
		{"all is together, the ledger does not know", func(*testing.T, *site, string, []string) {}},
		{"a tail that is not durable", func(t *testing.T, s *site, final string, _ []string) {
			replaceOffset(t, s, final, 100<<10)
		}},
		{"the first part was not taken over yet", func(t *testing.T, s *site, final string, parts []string) {
			replaceOffset(t, s, final, 100<<10)
			if err := os.Rename(s.file(final, ".data"), s.file(parts[0], ".data")); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(s.file(parts[0], ".data"), 100<<10); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t)
			s.ledger.finishing = func(order.Upload) error { return errors.New("away") }
			list := s.parts(cut(content, 100<<10, 200<<10))
			s.want(s.final("Upload-Concat", "final;"+list), http.StatusInternalServerError, "internal")
			var final string
			for _, name := range s.files() {
				if id, ok := strings.CutSuffix(name, ".info"); ok && !strings.Contains(list, id) {
					final = "/uploads/" + id
				}
			}
			s.shut()
			tc.damage(t, s, final, strings.Fields(list))
			s.ledger.finishing = nil
			s.open()
			s.wantWhole(s.awaitFinal("final;"+list), content)
			if names := s.files(); len(names) != 2 {
				t.Errorf("on the disk: %v", names)
			}
		})
	}
}

func replaceOffset(t *testing.T, s *site, url string, offset int) {
	t.Helper()
	replaceInInfo(`"offset":`+strconv.Itoa(300<<10), `"offset":`+strconv.Itoa(offset))(t, s, url)
	replaceInInfo(`"sha256"`, `"was_sha256"`)(t, s, url)
}

// When a part is lost during the assembly, the client learns that it must send the part
// again, and can do so.
func TestPartVanishes(t *testing.T) {
	s := newSite(t)
	content := []byte("abcdef")
	pieces := cut(content, 3)
	one, two := s.part(pieces[0]), s.part(pieces[1])
	if err := os.Remove(s.file(two, ".data")); err != nil {
		t.Fatal(err)
	}
	s.want(s.final("Upload-Concat", "final;"+one+" "+two), http.StatusGone, "part_missing")
	if at := s.offset(two); at != 0 {
		t.Fatalf("offset %d", at)
	}
	s.want(s.patch(two, 0, bytes.NewReader(pieces[1])), http.StatusNoContent, "")
	s.wantWhole(s.awaitFinal("final;"+one+" "+two), content)
}

// Two concurrent requests for the same final upload get the same upload.
func TestSameFinalTwiceAtOnce(t *testing.T) { onEveryStore(t, testSameFinalTwiceAtOnce) }

func testSameFinalTwiceAtOnce(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	content := noise(1 << 20)
	concat := "final;" + s.parts(cut(content, 1<<19))
	locations := make(chan string, 4)
	for range cap(locations) {
		go func() {
			r, err := s.try("POST", "/uploads/", nil, "Upload-Concat", concat, "Upload-Metadata", metadata("logo", "a"))
			if err != nil || r.StatusCode != http.StatusCreated || r.Header.Get("Repr-Digest") != digest(content) {
				t.Errorf("%v: %s", err, r.body)
			}
			locations <- r.Header.Get("Location")
		}()
	}
	first := <-locations
	for range cap(locations) - 1 {
		if next := <-locations; next != first {
			t.Errorf("%s and %s", first, next)
		}
	}
	s.wantWhole(first, content)
}
