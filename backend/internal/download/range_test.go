package download_test

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"handover/backend/order"
)

// A download of the zip goes on where it stopped, wherever that is, and whether
// the records have the CRC-32 or not.
func TestZipResumes(t *testing.T) {
	d := deliveryOf("logo.png", "Entwürfe/Größe.pdf", "a/b.txt", "empty")
	d.files[3].Size, d.content["3"] = 0, nil
	d.symlinks = []order.Symlink{{Path: "a/c.txt", Target: "b.txt"}}
	resp, whole, err := get(t, d.serve, "GET")
	tag := resp.Header.Get("ETag")
	if err != nil || resp.Header.Get("Accept-Ranges") != "bytes" || !strings.HasPrefix(tag, `"`) {
		t.Fatal(resp.Header, err)
	}
	for i := range d.files {
		d.files[i].CRC32 = fmt.Sprintf("%08x", crc32.ChecksumIEEE(d.content[d.files[i].ID]))
	}
	d.sums = nil // is not needed now
	for from := range whole {
		resp, rest, err := get(t, d.serve, "GET", "Range", fmt.Sprintf("bytes=%d-", from), "If-Range", tag)
		if err != nil || resp.StatusCode != http.StatusPartialContent || !bytes.Equal(rest, whole[from:]) || resp.Header.Get("ETag") != tag {
			t.Fatalf("from %d: %s, %d bytes (%v)", from, resp.Status, len(rest), err)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		from := rapid.IntRange(0, len(whole)-1).Draw(r, "from")
		to := rapid.IntRange(from, len(whole)-1).Draw(r, "to")
		resp, part, err := get(t, d.serve, "GET", "Range", fmt.Sprintf("bytes=%d-%d", from, to))
		if err != nil || resp.StatusCode != http.StatusPartialContent || !bytes.Equal(part, whole[from:to+1]) {
			r.Errorf("%d to %d: %s, %d bytes (%v)", from, to, resp.Status, len(part), err)
		}
	})
	for name, header := range map[string][]string{
		"another zip": {"Range", "bytes=9-", "If-Range", `"other"`}, "no range": {},
	} {
		if resp, all, err := get(t, d.serve, "GET", header...); err != nil || resp.StatusCode != http.StatusOK || !bytes.Equal(all, whole) {
			t.Errorf("%s: %s, %d bytes (%v)", name, resp.Status, len(all), err)
		}
	}
	if resp, _, _ := get(t, d.serve, "GET", "If-None-Match", tag); resp.StatusCode != http.StatusNotModified {
		t.Errorf("what is there already: %s", resp.Status)
	}
	d.files[0].SHA256 = strings.Repeat("0", 64)
	if resp, _, _ := get(t, d.serve, "HEAD"); resp.Header.Get("ETag") == tag {
		t.Error("other files have the same tag")
	}
}

// Two ranges at once are several reads of one archive.
func TestZipInSeveralRanges(t *testing.T) {
	d := deliveryOf("a", "b")
	_, whole, err := get(t, d.serve, "GET")
	if err != nil {
		t.Fatal(err)
	}
	resp, parts, err := get(t, d.serve, "GET", "Range", "bytes=60-70,10-20")
	if err != nil || resp.StatusCode != http.StatusPartialContent || !bytes.Contains(parts, whole[60:71]) || !bytes.Contains(parts, whole[10:21]) {
		t.Errorf("%s: %q (%v)", resp.Status, parts, err)
	}
}

func TestZipWithModesAndLinks(t *testing.T) {
	d := deliveryOf("App.app/MacOS/run", "App.app/F/Versions/A/F", "other/x", "read?me")
	d.files[0].Executable = true
	d.symlinks = []order.Symlink{{Path: "App.app/F/F", Target: "Versions/A/F"}, {Path: "App.app/c", Target: "../read?me"}}
	modes := map[string]fs.FileMode{}
	for _, e := range d.unzipped(t) {
		modes[e.Name] = e.Mode()
	}
	for name, want := range map[string]fs.FileMode{
		"App.app/MacOS/run": 0o755, "other/x": 0o644, "read_me": 0o644, "App.app/F/F": fs.ModeSymlink | 0o777,
	} {
		if modes[name] != want {
			t.Errorf("%s has the mode %s, want %s", name, modes[name], want)
		}
	}
	dir := t.TempDir()
	_, raw, err := get(t, d.serve, "GET")
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "all.zip"), raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	run(t, dir, "unzip", "-q", "all.zip")
	if said := run(t, dir, "sh", "-c", "cat all.zip | bsdtar -xOf - other/x"); said != string(d.content["2"]) { // while it arrives
		t.Errorf("bsdtar finds %q", said)
	}
	if info, err := os.Stat(filepath.Join(dir, "App.app/MacOS/run")); err != nil || info.Mode().Perm()&0o100 == 0 {
		t.Errorf("unpacked: %v, %v", info, err)
	}
	for link, id := range map[string]string{"App.app/F/F": "1", "App.app/c": "3"} {
		if got, err := os.ReadFile(filepath.Join(dir, link)); !bytes.Equal(got, d.content[id]) {
			t.Errorf("%s leads to %q (%v)", link, got, err)
		}
	}
}

// Some of the files bring the links of their folder, under the names that they
// have in the zip of all.
func TestZipOfSomeFiles(t *testing.T) {
	d := deliveryOf("A.app/run", "a.txt", "A.TXT", "b/x")
	d.symlinks = []order.Symlink{{Path: "A.app/r", Target: "run"}, {Path: "b/y", Target: "x"}}
	z := d.zip()
	z.Wanted = map[string]bool{"0": true, "2": true}
	size := lengthOf(t, z)
	raw, err := io.ReadAll(io.NewSectionReader(&served{z, size}, 0, size))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "some.zip"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := run(t, dir, "unzip", "-Z1", "some.zip"); got != "A.app/run\nA (2).TXT\nA.app/r\n" {
		t.Errorf("it has %q", got)
	}
}

// run runs a program of build/setup.sh, and fails the test unless it succeeds.
func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed; build/setup.sh test installs it", name)
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %q: %v\n%s%s", name, args, err, out.String(), errs.String())
	}
	return out.String()
}

// What others unpack with reads a zip with a file above 4 GiB without a
// complaint.
func TestLargeZipIsReadByOthers(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads 4 GiB")
	}
	const size = 1<<32 + 5
	z := zipOfZeros(size, 3)
	z.Delivery.Files[0].CRC32, z.Delivery.Files[1].CRC32 = crcOfZeros(size), crcOfZeros(3)
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "large.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	length := lengthOf(t, z)
	// All but the zeros is at the ends.
	for _, at := range []int64{0, length - 4096} {
		part := make([]byte, 4096)
		if _, err := (&served{z, length}).ReadAt(part, at); err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt(part, at); err != nil {
			t.Fatal(err)
		}
	}
	said := run(t, dir, "7zz", "t", "large.zip")
	if !strings.Contains(said, "Everything is Ok") || strings.Contains(strings.ToLower(said), "warning") {
		t.Errorf("7-Zip says %s", said)
	}
	if said := run(t, dir, "unzip", "-p", "large.zip", "1"); said != "\x00\x00\x00" {
		t.Errorf("unzip finds %q", said)
	}
	if said := run(t, dir, "bsdtar", "-tvf", "large.zip"); strings.Count(said, "\n") != 2 || !strings.Contains(said, fmt.Sprint(size)) {
		t.Errorf("bsdtar says %s", said)
	}
	said = run(t, dir, "python3", "-c", `import zipfile; z = zipfile.ZipFile("large.zip"); print([(e.filename, e.file_size) for e in z.infolist()], z.read("1"))`)
	if want := fmt.Sprintf("[('0', %d), ('1', 3)] b'\\x00\\x00\\x00'\n", size); said != want {
		t.Errorf("Python says %s, want %s", said, want)
	}
}
