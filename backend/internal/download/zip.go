package download

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"handover/backend/order"
	"handover/backend/safename"
)

// Zip describes a zip.
type Zip struct {
	Name     string // the file name for the browser
	Delivery order.Delivery
	// Wanted are the IDs of the files to include; nil for all files.
	Wanted map[string]bool
	// Open opens the content of the file with an ID.
	Open      func(id string) (io.ReadSeekCloser, error)
	Checksums *Checksums
	Log       *slog.Logger
}

// ServeZip answers a GET or HEAD with files in one zip: whole, or the requested
// ranges. It does not compress, because finished work rarely gets smaller. It makes
// the zip while sending, without writing to disk. The same files of a delivery always
// give the same bytes.
//
// When content cannot be read, ServeZip aborts the connection by a panic with
// [http.ErrAbortHandler], so that the download fails and the client does not get a
// damaged file that looks complete.
func ServeZip(w http.ResponseWriter, r *http.Request, z Zip) {
	entries := z.entries()
	content := newArchive(r.Context(), entries, z)
	defer content.close()
	name := safename.Part(strings.ReplaceAll(z.Name, "/", "_"))
	setHeader(w, name, "application/zip", "attachment")
	w.Header().Set("ETag", z.tag(entries))
	http.ServeContent(&zipWriter{newPatient(w), content}, r, name, z.Delivery.DeliveredAt, content)
	if content.failed != nil {
		if r.Context().Err() == nil { // the client is still connected
			z.Log.ErrorContext(r.Context(), "zip aborted", "error", content.failed)
		}
		panic(http.ErrAbortHandler)
	}
}

// zipWriter copies from an archive so that the server can use sendfile(2) for the
// files in it.
type zipWriter struct {
	*patient
	content *archive
}

// ReadFrom implements [io.ReaderFrom].
func (z *zipWriter) ReadFrom(src io.Reader) (int64, error) {
	limited, ok := src.(*io.LimitedReader)
	if !ok || limited.R != z.content {
		return z.patient.ReadFrom(src)
	}
	n, err := z.content.copyTo(z.patient, limited.N)
	limited.N -= n
	return n, err
}

// entry is a file or a symbolic link in a zip.
type entry struct {
	name string
	mode uint32 // as of stat(2)
	size int64
	file order.File // of a file
	link string     // the target of a symbolic link
}

const (
	modeFile       = 0o100644
	modeExecutable = 0o100755
	modeLink       = 0o120777
)

// entries returns the files to include, in the order of the buyer's page, and then
// the links. A file has the same name in every zip of the delivery.
func (z Zip) entries() []entry {
	d := z.Delivery
	names := Names(d.Files, d.Symlinks)
	var entries []entry
	folders := map[string]bool{} // top-level folders of the included files
	for _, i := range listed(d.Files, d.Arranged) {
		f := d.Files[i]
		if z.Wanted != nil && !z.Wanted[f.ID] {
			continue
		}
		e := entry{name: names[i], mode: modeFile, size: f.Size, file: f}
		if f.Executable {
			e.mode = modeExecutable
		}
		entries = append(entries, e)
		if top, _, inside := strings.Cut(f.Path, "/"); inside {
			folders[top] = true
		}
	}
	for i, l := range d.Symlinks {
		if top, _, inside := strings.Cut(l.Path, "/"); z.Wanted == nil || inside && folders[top] {
			target := safeTarget(l.Target)
			entries = append(entries, entry{name: names[len(d.Files)+i], mode: modeLink, size: int64(len(target)), link: target})
		}
	}
	return entries
}

// Names returns the paths of the files and then of the symbolic links in a zip.
func Names(files []order.File, links []order.Symlink) []string {
	paths := make([]string, 0, len(files)+len(links))
	for _, f := range files {
		paths = append(paths, f.Path)
	}
	for _, l := range links {
		paths = append(paths, l.Path)
	}
	return safename.Paths(paths)
}

// safeTarget changes the names in a link's target as the names of files are changed.
func safeTarget(target string) string {
	parts := strings.Split(target, "/")
	for i, part := range parts {
		if part != "." && part != ".." {
			parts[i] = safename.Part(part)
		}
	}
	return strings.Join(parts, "/")
}

// tag is the entity tag of a zip. It depends on everything that determines the
// bytes, and on a version number of the layout.
func (z Zip) tag(entries []entry) string {
	h := sha256.New()
	fmt.Fprintf(h, "zip 1, %d\n", z.Delivery.DeliveredAt.Unix())
	for _, e := range entries {
		fmt.Fprintf(h, "%q %o %d %s %q\n", e.name, e.mode, e.size, e.file.SHA256, e.link)
	}
	return `"` + hex.EncodeToString(h.Sum(nil)) + `"`
}

// modified is the time of every file: the time of the delivery.
func (z Zip) modified() time.Time { return z.Delivery.DeliveredAt.UTC() }

// crc returns the CRC-32 of an entry.
func (z Zip) crc(ctx context.Context, e entry) (uint32, error) {
	if e.file.ID == "" {
		return crcOf(e.link), nil
	}
	return z.Checksums.of(ctx, e.file, z.Open)
}
