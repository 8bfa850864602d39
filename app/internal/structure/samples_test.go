package structure_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"handover/app/internal/structure"
)

// sample is a file that is whole from a length on, and cut short below it.
// Below recognised bytes, nobody can tell what it is.
type sample struct {
	kind       string
	data       []byte
	whole      int
	recognised int
}

// samples makes a valid file of every kind and of every way of building it.
func samples(t testing.TB) map[string]sample {
	t.Helper()
	full := func(kind string, recognised int, data []byte) sample {
		return sample{kind, data, len(data), recognised}
	}
	list := map[string]sample{
		"zip":                 full("zip", 4, makeZip(t, "", 3)),
		"zip with a comment":  full("zip", 4, makeZip(t, "PK\x05\x06 and more", 2)),
		"zip without entries": full("zip", 4, makeZip(t, "", 0)),
		"zip64":               full("zip", 4, makeZip64(t)),
		"zip within a zip":    full("zip", 4, zipOf(t, makeZip(t, "", 2))),
		"empty zip in a zip":  full("zip", 4, zipOf(t, makeZip(t, "", 0))),
		"png":                 full("png", 4, makePNG(t)),
		"jpeg":                full("jpeg", 3, makeJPEG(t, nil)),
		"jpeg with a preview": full("jpeg", 3, makeJPEG(t, makeJPEG(t, nil))),
		"pdf":                 full("pdf", 5, makePDF("")),
		"pdf for the web":     full("pdf", 5, makeLinearized()),
		"mp4":                 full("mp4", 8, join(ftyp("isom"), box("moov", 64), box("mdat", 200))),
		"mp4, index last":     full("mp4", 8, join(ftyp("mp42"), box("mdat", 200), box("moov", 64))),
		"mp4 in fragments":    full("mp4", 8, join(ftyp("iso5"), box("moov", 64), box("moof", 24), box("mdat", 99))),
		"mp4 with long sizes": full("mp4", 8, join(ftyp("isom"), box64("mdat", 120), box("moov", 64))),
		"mov":                 full("mov", 12, join(ftyp("qt  "), box("wide", 0), box("mdat", 120), box("moov", 64))),
		"mov of old":          full("mov", 8, join(box("wide", 0), box("mdat", 120), box("moov", 64))),
		"heif":                full("heif", 12, join(ftyp("heic"), box("meta", 80), box("mdat", 80))),
	}
	open := join(ftyp("isom"), box("moov", 64), box("mdat", 60))
	binary.BigEndian.PutUint32(open[len(open)-68:], 0)
	list["mp4, content up to the end"] = sample{"mp4", open, len(open) - 60, 8}
	trailed := makePDF("")
	list["pdf with a line after it"] = sample{"pdf", append(trailed, "\r\n\r\n<!-- served -->"...), len(trailed), 5}
	list["jpeg with padding"] = padded("jpeg", 3, makeJPEG(t, nil), 300)
	list["mp4 with padding"] = padded("mp4", 8, join(ftyp("isom"), box("moov", 8), box("mdat", 20)), 50)
	photo := makeJPEG(t, nil)
	list["jpeg with a film"] = sample{"jpeg", join(photo, box("ftyp", 9000)), len(photo), 3}
	picture := makePNG(t)
	list["png with notes"] = sample{"png", join(picture, []byte(strings.Repeat("note ", 90))), len(picture), 4}
	return list
}

func padded(kind string, recognised int, data []byte, n int) sample {
	return sample{kind, join(data, make([]byte, n)), len(data), recognised}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func makeZip(t testing.TB, comment string, entries int) []byte {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for i := range entries {
		f, err := w.Create(fmt.Sprintf("photos/%d.txt", i))
		if err == nil {
			_, err = fmt.Fprint(f, strings.Repeat("one and two ", 20*i+1))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.SetComment(comment); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// zipOf stores a file as it is.
func zipOf(t testing.TB, content []byte) []byte {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	f, err := w.CreateHeader(&zip.FileHeader{Name: "inner.zip", Method: zip.Store})
	if err == nil {
		_, err = f.Write(content)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// makeZip64 rewrites an archive's end in the large form, as if it had too many
// entries for the small one.
func makeZip64(t testing.TB) []byte {
	small := makeZip(t, "", 3)
	le := binary.LittleEndian
	end := bytes.Clone(small[len(small)-22:])
	data := bytes.Clone(small[:len(small)-22])
	large := make([]byte, 56)
	copy(large, "PK\x06\x06")
	le.PutUint64(large[4:], 44)
	le.PutUint64(large[24:], uint64(le.Uint16(end[10:])))
	le.PutUint64(large[32:], uint64(le.Uint16(end[10:])))
	le.PutUint64(large[40:], uint64(le.Uint32(end[12:])))
	le.PutUint64(large[48:], uint64(le.Uint32(end[16:])))
	locator := make([]byte, 20)
	copy(locator, "PK\x06\x07")
	le.PutUint64(locator[8:], uint64(len(data)))
	le.PutUint32(locator[16:], 1)
	le.PutUint16(end[8:], 0xffff)
	le.PutUint16(end[10:], 0xffff)
	le.PutUint32(end[12:], 0xffffffff)
	le.PutUint32(end[16:], 0xffffffff)
	data = join(data, large, locator, end)
	if r, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err != nil || len(r.File) != 3 {
		t.Fatalf("the sample is no archive: %v", err)
	}
	return data
}

func picture() image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 24, 24))
	for i := range 24 * 24 {
		img.Set(i%24, i/24, color.RGBA{uint8(i * 7), uint8(i * 13), uint8(i), 255})
	}
	return img
}

func makePNG(t testing.TB) []byte {
	var buf bytes.Buffer
	if err := png.Encode(&buf, picture()); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// makeJPEG returns a picture, with another one in it as its preview.
func makeJPEG(t testing.TB, preview []byte) []byte {
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, picture(), nil); err != nil {
		t.Fatal(err)
	}
	if preview == nil {
		return buf.Bytes()
	}
	length := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(preview)+2))
	return join(buf.Bytes()[:2], length, preview, buf.Bytes()[2:])
}

func makePDF(objects string) []byte {
	body := "%PDF-1.7\n" + objects + "1 0 obj\n<< /Type /Catalog >>\nendobj\n"
	return fmt.Appendf(nil, "%sxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF", body, len(body))
}

// makeLinearized has an end of its own after the first page.
func makeLinearized() []byte {
	const first = "9 0 obj\n<< /Linearized 1 /L %06d /N 1 >>\nendobj\nstartxref\n0\n%%%%EOF\n"
	length := len(makePDF(fmt.Sprintf(first, 0)))
	return makePDF(fmt.Sprintf(first, length))
}

func box(name string, content int) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(8+content))
	return append(append(b, name...), bytes.Repeat([]byte{0xa5}, content)...)
}

func ftyp(brand string) []byte {
	return join([]byte{0, 0, 0, 20}, []byte("ftyp"), []byte(brand), []byte{0, 0, 2, 0}, []byte("isom"))
}

func box64(name string, content int) []byte {
	b := append([]byte{0, 0, 0, 1}, name...)
	b = binary.BigEndian.AppendUint64(b, uint64(16+content))
	return append(b, bytes.Repeat([]byte{0xa5}, content)...)
}

// chunk is one of a PNG.
func chunk(name string, content []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	b = append(append(b, name...), content...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// lookInside returns the kind of a file that is cut or holds zeros, "" for all
// others.
func lookInside(r io.ReaderAt, size int64) (string, error) {
	v, err := structure.Check(r, size, "")
	switch {
	case v.Fault == "":
		return "", err
	case v.Kind == "":
		return string(v.Fault), err
	}
	return v.Kind, err
}
