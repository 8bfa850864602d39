package download

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"time"

	"handover/backend/order"
)

// Zip is what goes into one zip.
type Zip struct {
	Name     string    // what the browser calls it
	Modified time.Time // of every file in it: when the work was delivered
	Files    []order.File
	// Open yields the content of the file with an ID; it is called once a file,
	// in their order.
	Open func(id string) (io.ReadCloser, error)
	Log  *slog.Logger
}

// ServeZip answers a GET or HEAD with all files in one zip, stored and not
// compressed, since finished work rarely gets smaller. It is made while it is
// sent: nothing is written to disk, and the same delivery always gives the same
// bytes.
//
// When content cannot be read, the connection is broken off by a panic with
// [http.ErrAbortHandler], so that the client has a failed download and not a
// file that merely looks whole.
func ServeZip(w http.ResponseWriter, r *http.Request, z Zip) {
	headers := zipHeaders(z)
	setHeader(w, safeName(z.Name), "application/zip", "attachment")
	setLength(w, zipSize(headers))
	w.Header().Set("Last-Modified", z.Modified.UTC().Format(http.TimeFormat))
	w.Header().Set("Accept-Ranges", "none")
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return
	}
	if err := writeZip(newPatient(w), headers, z); err != nil {
		if r.Context().Err() == nil { // the client is still there
			z.Log.ErrorContext(r.Context(), "zip broken off", "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}

// zipHeaders has one header a file, whose sizes are known beforehand.
func zipHeaders(z Zip) []*zip.FileHeader {
	names := safePaths(z.Files)
	headers := make([]*zip.FileHeader, len(z.Files))
	for i, f := range z.Files {
		headers[i] = &zip.FileHeader{
			Name: names[i], Method: zip.Store, Modified: z.Modified.UTC(),
			UncompressedSize64: uint64(f.Size), CompressedSize64: uint64(f.Size),
		}
	}
	return headers
}

func writeZip(w io.Writer, headers []*zip.FileHeader, z Zip) error {
	out := zip.NewWriter(w)
	buf := make([]byte, 256<<10)
	for i, f := range z.Files {
		h := *headers[i]
		h.UncompressedSize64, h.CompressedSize64 = 0, 0 // the writer counts for itself
		entry, err := out.CreateHeader(&h)
		if err == nil {
			err = writeEntry(entry, f, z.Open, buf)
		}
		if err != nil {
			return fmt.Errorf("zip file %s: %w", f.ID, err)
		}
	}
	return out.Close()
}

// writeEntry copies a file and fails when it is not as long as was announced.
func writeEntry(w io.Writer, f order.File, open func(string) (io.ReadCloser, error), buf []byte) error {
	content, err := open(f.ID)
	if err != nil {
		return err
	}
	defer content.Close() // it was only read
	n, err := io.CopyBuffer(w, io.LimitReader(content, f.Size), buf)
	if err != nil {
		return err
	}
	if n < f.Size {
		return fmt.Errorf("%d bytes are stored, %d were delivered: %w", n, f.Size, io.ErrUnexpectedEOF)
	}
	if more, err := content.Read(buf[:1]); more > 0 {
		return fmt.Errorf("more than the %d bytes that were delivered are stored", f.Size)
	} else if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// The lengths of a zip's parts (APPNOTE.TXT 6.3, section 4.3), as archive/zip
// writes them for entries with a modification time and a data descriptor.
const (
	localHeaderLen  = 30
	descriptorLen   = 16
	descriptor64Len = 24
	centralLen      = 46
	timeExtraLen    = 9
	zip64ExtraLen   = 28
	endLen          = 22
	end64Len        = 56 + 20
)

// zipSize is how long the zip of these entries will be.
func zipSize(headers []*zip.FileHeader) int64 {
	var offset, central int64
	for _, h := range headers {
		named := int64(len(h.Name))
		if !h.Modified.IsZero() {
			named += timeExtraLen
		}
		size := int64(h.UncompressedSize64)
		big := size >= math.MaxUint32
		central += centralLen + named
		if big || offset >= math.MaxUint32 {
			central += zip64ExtraLen
		}
		offset += localHeaderLen + named + size + descriptorLen
		if big {
			offset += descriptor64Len - descriptorLen
		}
	}
	total := offset + central + endLen
	if len(headers) >= math.MaxUint16 || central >= math.MaxUint32 || offset >= math.MaxUint32 {
		total += end64Len
	}
	return total
}

// safeName is a file name that is harmless everywhere; a path becomes one name.
func safeName(name string) string { return safePart(strings.ReplaceAll(name, "/", "_")) }
