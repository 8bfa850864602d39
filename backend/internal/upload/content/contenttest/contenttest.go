// Package contenttest is the contract of a store of content as tests, which every store
// must pass.
package contenttest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// Store is a store under test.
type Store struct {
	content.Infos
	content.Reader
	content.Writer
	content.Housekeeping
}

// Open returns a new, empty store.
type Open func(t *testing.T) Store

// Run tests a store.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, Store){
		"infos": infos, "append": appends, "append without commit": appendUncommitted, "take": take, "keep": keep,
		"empty": empty, "adopt": adopt, "copy": copies, "parts": parts, "owner": owner, "recover": recovers, "leftovers": leftovers,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			defer s.Close()
			test(t, s)
		})
	}
}

// noise returns the same pseudorandom bytes every time.
func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(b) // it never fails
	return b
}

func newInfo(size int) content.Info {
	return content.Info{
		ID: content.NewID(), SellerID: "ann", OrderID: "logo", Path: "a.bin", Size: int64(size), CreatedAt: time.Now().UTC().Round(0),
	}
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantWhole asserts that an upload is complete and its content can be read.
func wantWhole(t *testing.T, s Store, in content.Info, data []byte) {
	t.Helper()
	if !in.Whole() || in.Size != int64(len(data)) || !in.Partial && (in.SHA256 != sum(data) || in.Type == "" || in.FinishedAt.IsZero()) {
		t.Fatalf("the upload is not whole: %+v", in)
	}
	wantContent(t, s, in.ID, data)
}

func wantContent(t *testing.T, s Store, id string, data []byte) {
	t.Helper()
	f, err := s.Open(t.Context(), id)
	must(t, err)
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, data) {
		t.Fatalf("the content differs (%d bytes of %d, %v)", len(got), len(data), err)
	}
}

// wantNothing asserts that the content is missing.
func wantNothing(t *testing.T, s Store, id string) {
	t.Helper()
	f, err := s.Open(t.Context(), id)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the content exists: %v", err)
	}
	if f != nil {
		f.Close()
	}
	if size, err := s.Size(id); err != nil || size != 0 {
		t.Errorf("size %d, %v", size, err)
	}
}

// sealed completes an upload like the service.
func sealed(t *testing.T, s Store, in content.Info) content.Info {
	t.Helper()
	in, err := s.Seal(in, s.Write)
	must(t, err)
	return in
}

func infos(t *testing.T, s Store) {
	in := newInfo(10)
	if _, err := s.Read(in.ID); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an info that is missing: %v", err)
	}
	for _, path := range []string{"a.bin", "b.bin"} {
		in.Path = path
		must(t, s.Write(in))
		if got, err := s.Read(in.ID); err != nil || got.Path != path || got.Recorded || !got.CreatedAt.Equal(in.CreatedAt) {
			t.Errorf("%+v, %v", got, err)
		}
	}
	must(t, s.MarkDone(in))
	got, err := s.Read(in.ID)
	if !errors.Is(err, fs.ErrNotExist) && (err != nil || !got.Recorded) {
		t.Errorf("after MarkDone: %+v, %v", got, err)
	}
	for range 2 {
		must(t, s.Remove(in.ID))
		if _, err := s.Read(in.ID); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after Remove: %v", err)
		}
	}
}

func appends(t *testing.T, s Store) {
	data := noise(11<<20 + 3)
	in := newInfo(len(data))
	must(t, s.Write(in))
	cut := errors.New("cut")
	in, err := s.Append(t.Context(), in, io.MultiReader(bytes.NewReader(data[:6<<20]), iotest.ErrReader(cut)), s.Write)
	if !errors.Is(err, cut) && err != nil {
		t.Fatal(err)
	}
	if in.Offset > 6<<20 {
		t.Fatalf("offset %d", in.Offset)
	}
	if in.Offset > 0 {
		if stored, err := s.Read(in.ID); err != nil || stored.Offset != in.Offset {
			t.Errorf("the info has offset %d of %d, %v", stored.Offset, in.Offset, err)
		}
	}
	in, err = s.Append(t.Context(), in, bytes.NewReader(data[in.Offset:8<<20]), s.Write)
	if err != nil || in.Offset != 8<<20 {
		t.Fatalf("offset %d, %v", in.Offset, err)
	}
	in, err = s.Read(in.ID) // as after a restart
	must(t, err)
	in, err = s.Append(t.Context(), in, bytes.NewReader(data[in.Offset:]), s.Write)
	must(t, err)
	wantWhole(t, s, sealed(t, s, in), data)
	must(t, s.Remove(in.ID))
	wantNothing(t, s, in.ID)
}

// An upload whose info cannot be stored keeps its offset.
func appendUncommitted(t *testing.T, s Store) {
	data := noise(1000)
	in := newInfo(len(data))
	must(t, s.Write(in))
	in, err := s.Append(t.Context(), in, bytes.NewReader(data[:100]), s.Write)
	must(t, err)
	refused := errors.New("refused")
	got, err := s.Append(t.Context(), in, bytes.NewReader(data[100:200]), func(content.Info) error { return refused })
	if !errors.Is(err, refused) || got.Offset != 100 {
		t.Errorf("offset %d, %v", got.Offset, err)
	}
	got, err = s.Append(t.Context(), got, bytes.NewReader(data[100:]), s.Write)
	must(t, err)
	wantWhole(t, s, sealed(t, s, got), data)
}

func take(t *testing.T, s Store) {
	data := noise(100_000)
	in := newInfo(len(data))
	if _, err := s.Take(t.Context(), in, bytes.NewReader(data[1:])); !errors.Is(err, content.ErrIncomplete) {
		t.Errorf("content that is too short: %v", err)
	}
	wantNothing(t, s, in.ID)
	in, err := s.Take(t.Context(), in, bytes.NewReader(data))
	must(t, err)
	must(t, s.Flush())
	wantWhole(t, s, in, data)
}

func keep(t *testing.T, s Store) {
	data := noise(1000)
	small, err := s.Keep(newInfo(len(data)), bytes.Clone(data))
	must(t, err)
	must(t, small.Sync())
	small.Close()
	must(t, s.Flush())
	wantWhole(t, s, small.Info(), data)
	for range 2 {
		must(t, s.RemoveContent(small.Info().ID))
		wantNothing(t, s, small.Info().ID)
	}
}

func empty(t *testing.T, s Store) {
	in := newInfo(0)
	must(t, s.Write(in))
	wantWhole(t, s, sealed(t, s, in), nil)
}

func recordOf(data []byte) order.Upload {
	in := newInfo(len(data))
	in.SHA256, in.FinishedAt = sum(data), time.Now().UTC()
	return in.Record()
}

func adopt(t *testing.T, s Store) {
	data := noise(100_000)
	u := recordOf(data)
	for name, wrong := range map[string]io.Reader{
		"shorter": bytes.NewReader(data[1:]),
		"longer":  io.MultiReader(bytes.NewReader(data), bytes.NewReader([]byte("x"))),
		"other":   bytes.NewReader(append([]byte("x"), data[1:]...)),
	} {
		if err := s.Adopt(t.Context(), u, wrong); !errors.Is(err, content.ErrDamaged) {
			t.Errorf("content that is %s: %v", name, err)
		}
		wantNothing(t, s, u.ID)
	}
	if holds, err := s.Holds(u); holds || err != nil {
		t.Errorf("before: %v, %v", holds, err)
	}
	must(t, s.Adopt(t.Context(), u, bytes.NewReader(data)))
	wantContent(t, s, u.ID, data)
	if holds, err := s.Holds(u); !holds || err != nil {
		t.Errorf("afterwards: %v, %v", holds, err)
	}
	u.Size--
	if holds, err := s.Holds(u); holds || err != nil {
		t.Errorf("another size: %v, %v", holds, err)
	}
}

func copies(t *testing.T, s Store) {
	data := noise(100_000)
	u, id := recordOf(data), content.NewID()
	must(t, s.Adopt(t.Context(), u, bytes.NewReader(data)))
	must(t, s.Copy(t.Context(), u, id))
	must(t, s.Remove(u.ID))
	wantContent(t, s, id, data)
}

// The content of a final upload is that of its parts, in every store.
func parts(t *testing.T, s Store) {
	data := noise(200_000)
	final := newInfo(len(data))
	var first content.Info
	for i, piece := range slices.Collect(slices.Chunk(data, 100_000)) {
		in := newInfo(len(piece))
		in.Partial = true
		must(t, s.Write(in))
		in, err := s.Append(t.Context(), in, bytes.NewReader(piece), s.Write)
		must(t, err)
		in = sealed(t, s, in)
		wantWhole(t, s, in, piece)
		if i == 0 {
			first = in
		}
		final.Parts = append(final.Parts, content.Part{ID: in.ID, Size: in.Size})
	}
	stored, err := s.Read(first.ID)
	must(t, err)
	final = s.Lead(final, stored)
	must(t, s.Write(final))
	must(t, s.Follow(final, stored))
	final, err = s.Append(t.Context(), final, bytes.NewReader(data[final.Offset:]), s.Write)
	must(t, err)
	wantWhole(t, s, sealed(t, s, final), data)
}

func owner(t *testing.T, s Store) {
	for _, mine := range []string{"first", "second"} {
		if got, err := s.Owner(mine); err != nil || got != "first" {
			t.Errorf("%q, %v", got, err)
		}
	}
}

func recovers(t *testing.T, s Store) {
	in := newInfo(10)
	must(t, s.Write(in))
	in, err := s.Append(t.Context(), in, bytes.NewReader([]byte("abc")), s.Write)
	must(t, err)
	found, err := s.Recover(t.Context())
	if err != nil || !slices.Equal(found, []content.Found{{ID: in.ID}}) {
		t.Errorf("found %+v, %v", found, err)
	}
	restored, err := s.Restore(in, s.Write)
	must(t, err)
	if restored, err = s.Mend(restored); err != nil || restored.Offset != 3 {
		t.Errorf("offset %d, %v", restored.Offset, err)
	}
}

// diskTime returns the time by the file system's clock, which stays as it is when the
// tests run on another date.
func diskTime(t *testing.T) time.Time {
	t.Helper()
	file := filepath.Join(t.TempDir(), "now")
	must(t, os.WriteFile(file, nil, 0o600))
	info, err := os.Stat(file)
	must(t, err)
	return info.ModTime()
}

// Old content without an upload is a leftover.
func leftovers(t *testing.T, s Store) {
	data := noise(1000)
	u := recordOf(data)
	must(t, s.Adopt(t.Context(), u, bytes.NewReader(data)))
	now := diskTime(t)
	for l, err := range s.Leftovers(t.Context(), now.Add(-time.Hour)) {
		t.Errorf("new content is left over: %s, %v", l.ID, err)
	}
	n := 0
	for l, err := range s.Leftovers(t.Context(), now.Add(time.Hour)) {
		must(t, err)
		if n++; l.ID != u.ID || l.Frees() != u.Size || l.NeededBy == nil || !l.NeededBy(content.InfoOf(u)) {
			t.Errorf("%+v", l)
		}
		must(t, l.Remove())
	}
	if n != 1 {
		t.Errorf("%d leftovers", n)
	}
	wantNothing(t, s, u.ID)
}
