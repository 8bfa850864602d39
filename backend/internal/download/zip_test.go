package download_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"

	"handover/backend/internal/download"
	"handover/backend/order"
	"handover/backend/safename"
)

// delivery is files with their content.
type delivery struct {
	files    []order.File
	arranged bool
	symlinks []order.Symlink
	content  map[string][]byte
	sums     *download.Checksums
}

func deliveryOf(paths ...string) delivery {
	d := delivery{content: map[string][]byte{}, sums: &download.Checksums{}}
	for i, p := range paths {
		f := fileOf(p, []byte(fmt.Sprintf("content %d of %s", i, p)))
		f.ID = strconv.Itoa(i)
		d.content[f.ID] = []byte(fmt.Sprintf("content %d of %s", i, p))
		d.files = append(d.files, f)
	}
	return d
}

func (d delivery) open(id string) (io.ReadSeekCloser, error) {
	c, ok := d.content[id]
	if !ok {
		return nil, errors.New("it is gone")
	}
	return nopCloser{bytes.NewReader(c)}, nil
}

type nopCloser struct{ io.ReadSeeker }

func (nopCloser) Close() error { return nil }

func (d delivery) zip() download.Zip {
	return download.Zip{
		Name:     "Lieferung 1.zip",
		Delivery: order.Delivery{DeliveredAt: deliveredAt, Files: d.files, Symlinks: d.symlinks, Arranged: d.arranged},
		Open:     d.open, Checksums: d.sums, Log: slog.New(slog.DiscardHandler),
	}
}

// unzipped returns the entries of the zip, whose content it has read.
func (d delivery) unzipped(t *testing.T) []*zip.File {
	t.Helper()
	_, body, err := get(t, d.serve, "GET")
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range z.File {
		r, err := e.Open()
		if err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		if err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
	}
	return z.File
}

func (d delivery) serve(w http.ResponseWriter, r *http.Request) { download.ServeZip(w, r, d.zip()) }

func TestServeZip(t *testing.T) {
	d := deliveryOf("logo.png", "Entwürfe/Größe.pdf", "a/b/c/日本.txt", "empty")
	d.arranged = true
	d.files[3].Size, d.content["3"] = 0, nil
	resp, body, err := get(t, d.serve, "GET")
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	if resp.ContentLength != int64(len(body)) {
		t.Errorf("Content-Length %d of %d", resp.ContentLength, len(body))
	}
	for name, want := range map[string]string{
		"Content-Type": "application/zip", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache",
		"Content-Disposition": `attachment; filename="Lieferung 1.zip"; filename*=UTF-8''Lieferung%201.zip`,
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil || len(z.File) != len(d.files) {
		t.Fatalf("%v: %d entries", err, len(z.File))
	}
	for i, e := range z.File {
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, d.content[d.files[i].ID]) || e.Name != d.files[i].Path {
			t.Errorf("%s: %q (%v)", e.Name, got, err)
		}
		if e.Method != zip.Store || !e.Modified.Equal(deliveredAt) || e.NonUTF8 {
			t.Errorf("%s: method %d, modified %s, not UTF-8 %t", e.Name, e.Method, e.Modified, e.NonUTF8)
		}
	}
	if _, again, err := get(t, d.serve, "GET"); err != nil || !bytes.Equal(again, body) {
		t.Error("the same delivery gives another zip")
	}
	head, none, err := get(t, d.serve, "HEAD")
	if err != nil || len(none) != 0 || head.ContentLength != int64(len(body)) {
		t.Errorf("HEAD: Content-Length %d of %d (%v)", head.ContentLength, len(body), err)
	}
}

func TestZipNames(t *testing.T) {
	for _, tc := range []struct {
		name     string
		paths    []string
		expected []string
	}{
		{"harmless", []string{"a.txt", "b/c.txt"}, []string{"a.txt", "b/c.txt"}},
		{"backslashes", []string{`..\..\evil.exe`, `a\b`}, []string{".._.._evil.exe", "a_b"}},
		{"drive letter", []string{"C:/x", "C:x"}, []string{"C_/x", "C_x"}},
		{"control characters and such", []string{"a\tb", "x\u202egpj.exe", "a|b?c*d<e>f\"g"}, []string{"a_b", "x_gpj.exe", "a_b_c_d_e_f_g"}},
		{"devices", []string{"con", "NUL.txt", "aux .tar.gz", "com1", "LPT²", "COM10", "console"},
			[]string{"_con", "_NUL.txt", "_aux .tar.gz", "_com1", "_LPT²", "COM10", "console"}},
		{"dots and spaces at the end", []string{"a. .", "... ", "d./e "}, []string{"a_", "_", "d_/e_"}},
		{"equal after it", []string{"a?.txt", "a*.txt", "a_.txt"}, []string{"a_.txt", "a_ (2).txt", "a_ (3).txt"}},
		{"equal but for case", []string{"Logo.PNG", "logo.png", "STRASSE", "straße"}, []string{"Logo.PNG", "logo (2).png", "STRASSE", "straße (2)"}},
		{"equal but for the encoding", []string{"\u00e4.txt", "a\u0308.txt"}, []string{"\u00e4.txt", "a\u0308 (2).txt"}},
		{"the number is taken", []string{"a", "a (2)", "A"}, []string{"a", "a (2)", "A (3)"}},
		{"a file where a folder is", []string{"a/b", "a", "A/c"}, []string{"a/b", "a (2)", "A/c"}},
		{"a folder where a file is", []string{"a", "a/b", "a/c", "A/b"}, []string{"a", "a (2)/b", "a (2)/c", "A (2)/b (2)"}},
		{"no stem", []string{".gitignore", ".GITIGNORE"}, []string{".gitignore", ".GITIGNORE (2)"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			names := safename.Paths(tc.paths)
			if !slices.Equal(names, tc.expected) {
				t.Errorf("%q became %q, want %q", tc.paths, names, tc.expected)
			}
			got := entriesOf(t, true, tc.paths...)
			slices.Sort(got)
			slices.Sort(names)
			if !slices.Equal(got, names) {
				t.Errorf("in the zip %q, want %q", got, names)
			}
		})
	}
}

// However a delivery goes bad while it is read, the client sees a broken
// download.
func TestZipThatCannotBeRead(t *testing.T) {
	for _, tc := range []struct {
		name   string
		damage func(d *delivery)
	}{
		{"the first file is gone", func(d *delivery) { delete(d.content, "0") }},
		{"the last file is gone", func(d *delivery) { delete(d.content, "1") }},
		{"shorter", func(d *delivery) { d.content["1"] = d.content["1"][1:] }},
		{"longer", func(d *delivery) { d.content["0"] = append(d.content["0"], 'x') }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := deliveryOf("a", "b")
			tc.damage(&d)
			if _, body, err := get(t, d.serve, "GET"); err == nil {
				t.Errorf("a download of %d bytes seems whole", len(body))
			}
		})
	}
}

// zeros is content of any size that takes no space.
type zeros struct{ size, pos int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.pos >= z.size {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.size-z.pos)
	clear(p[:n])
	z.pos += n
	return int(n), nil
}

func (z *zeros) Seek(offset int64, whence int) (int64, error) {
	z.pos = offset
	if whence == io.SeekEnd {
		z.pos += z.size
	}
	return z.pos, nil
}

func (*zeros) Close() error { return nil }

// crcOfZeros is the CRC-32 of so many of them.
func crcOfZeros(n int64) string {
	h := crc32.NewIEEE()
	block := make([]byte, 1<<20)
	for ; n > int64(len(block)); n -= int64(len(block)) {
		h.Write(block)
	}
	h.Write(block[:n])
	return fmt.Sprintf("%08x", h.Sum32())
}

// countingWriter is a client that only counts.
type countingWriter struct {
	header http.Header
	n      int64
}

func (c *countingWriter) Header() http.Header { return c.header }
func (c *countingWriter) WriteHeader(int)     {}
func (c *countingWriter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// zipOfZeros has files of these sizes.
func zipOfZeros(sizes ...int64) download.Zip {
	z := download.Zip{Name: "big.zip", Delivery: order.Delivery{DeliveredAt: deliveredAt}, Checksums: &download.Checksums{}, Log: slog.New(slog.DiscardHandler)}
	for i, size := range sizes {
		name := strconv.Itoa(i)
		z.Delivery.Files = append(z.Delivery.Files, order.File{ID: name, Path: name, Size: size, CRC32: "00000000"})
	}
	z.Open = func(id string) (io.ReadSeekCloser, error) {
		i, err := strconv.Atoi(id)
		return &zeros{size: sizes[i]}, err
	}
	return z
}

// At each limit from which zip needs 64-bit fields, the end of the zip begins
// where it says, and everything is where the directory says.
func TestZipAtTheLimits(t *testing.T) {
	const limit = math.MaxUint32
	entry := int64(30 + 1 + 9) // before the content of a file with a name of one letter
	for _, sizes := range [][]int64{
		{limit - 1}, {limit}, {limit + 1, 0}, {limit - entry - 1, 0}, {limit - entry, 0}, {limit - entry + 1, 0},
		{limit - 2*entry, 0}, {limit - 2*entry - 1, 0}, {5_000_000_000, 1},
	} {
		t.Run(fmt.Sprint(sizes), func(t *testing.T) {
			h := zipOfZeros(sizes...)
			size := lengthOf(t, h)
			z, err := zip.NewReader(&served{h, size}, size)
			if err != nil || len(z.File) != len(sizes) {
				t.Fatalf("%v: %d entries", err, len(z.File))
			}
			for i, e := range z.File {
				at, err := e.DataOffset()
				want := entry
				if i > 0 {
					want += entry + sizes[0]
				}
				if sizes[0] >= limit {
					want += 20
				}
				if err != nil || at != want || int64(e.UncompressedSize64) != sizes[i] {
					t.Errorf("%s: %d bytes at %d, want %d at %d (%v)", e.Name, e.UncompressedSize64, at, sizes[i], want, err)
				}
			}
		})
	}
}

func lengthOf(t *testing.T, z download.Zip) int64 {
	t.Helper()
	w := httptest.NewRecorder()
	download.ServeZip(w, httptest.NewRequest("HEAD", "/", nil), z)
	n, err := strconv.ParseInt(w.Header().Get("Content-Length"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// served reads a zip by ranges.
type served struct {
	z    download.Zip
	size int64
}

func (s *served) ReadAt(p []byte, off int64) (int, error) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", off, min(off+int64(len(p)), s.size)-1))
	w := httptest.NewRecorder()
	download.ServeZip(w, r, s.z)
	if w.Code != http.StatusPartialContent {
		return 0, fmt.Errorf("%s: %d", r.Header.Get("Range"), w.Code)
	}
	n := copy(p, w.Body.Bytes())
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func TestZipOfManyFiles(t *testing.T) {
	for _, n := range []int{0, 1, 10_000, math.MaxUint16 - 1, math.MaxUint16} {
		z := zipOfZeros(make([]int64, n)...)
		w := &countingWriter{header: http.Header{}}
		download.ServeZip(w, httptest.NewRequest("GET", "/", nil), z)
		if got := w.header.Get("Content-Length"); got != strconv.FormatInt(w.n, 10) {
			t.Errorf("%d files: Content-Length %s, written %d", n, got, w.n)
		}
	}
}
