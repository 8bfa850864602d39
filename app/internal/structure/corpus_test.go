package structure_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"testing"
	"text/tabwriter"

	"handover/app/internal/structure"
)

// item is a file of the corpus.
type item struct {
	name string
	data []byte
}

// corpus returns whole files: those of testdata/corpus.zip, which common
// programs wrote, and those that no free program writes, made here.
func corpus(t testing.TB) []item {
	t.Helper()
	r, err := zip.OpenReader("testdata/corpus.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var list []item
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, item{f.Name, data})
	}
	made := rareFiles(t)
	for _, name := range slices.Sorted(maps.Keys(made)) {
		list = append(list, item{name, made[name]})
	}
	return list
}

// cuts are where every file is cut, in parts of a hundred.
var cuts = []int{10, 25, 40, 50, 75, 90, 99}

// mustFind is how many of the cuts are found at least, where it is not all.
var mustFind = map[string]struct {
	cuts int
	why  string
}{
	"plain.ts":             {4, "a cut between packets leaves a whole stream"},
	"bluray.m2ts":          {4, "a cut between packets leaves a whole stream"},
	"mpeg1.mpg":            {6, "a cut between packets leaves a whole stream"},
	"mpeg2.vob":            {6, "a cut between packets leaves a whole stream"},
	"piped.wav":            {0, "written into a pipe, it does not know its length"},
	"secret5.rar":          {0, "its list of contents is encrypted"},
	"magick.dpx":           {4, "the program states less than it wrote"},
	"gnu.tar":              {5, "the other cuts lie in the padding"},
	"pax.tar":              {5, "the other cuts lie in the padding"},
	"v7.tar":               {5, "the other cuts lie in the padding"},
	"bsd.tar":              {6, "the other cut lies in the padding"},
	"sparse.tar":           {2, "the other cuts lie in the padding"},
	"scene.blend":          {6, "the other cut lies in the last record, which is empty"},
	"vbr-tags.mp3":         {6, "the other cut lies in the tag after the sound"},
	"motion.jpg":           {6, "the other cut lies in what is appended"},
	"phone-with-notes.mp4": {6, "the other cut lies in what is appended"},
	"tagged.m4a":           {5, "the other cuts lie in what is appended"},
}

// result is what the corpus says of a file.
type result struct {
	kind  string
	fault structure.Fault
	cuts  int
	zeros bool
	read  int64
}

func judge(t *testing.T, f item) (r result) {
	t.Helper()
	check := func(data []byte) structure.Verdict {
		c := &counting{r: bytes.NewReader(data)}
		v, err := structure.Check(c, int64(len(data)), f.name)
		if err != nil {
			t.Errorf("%s: memory has no faults: %v", f.name, err)
		}
		r.read = max(r.read, c.bytes)
		return v
	}
	v := check(f.data)
	r.kind, r.fault = v.Kind, v.Fault
	for _, part := range cuts {
		if check(f.data[:len(f.data)*part/100]).Fault != "" {
			r.cuts++
		}
	}
	half := bytes.Clone(f.data)
	clear(half[len(half)/2:])
	r.zeros = check(half).Fault != ""
	return r
}

// Whole files have no fault; cut ones, and those with a second half of zeros,
// have one as far as their format can tell.
func TestCorpus(t *testing.T) {
	files := corpus(t)
	if len(files) < 120 {
		t.Errorf("only %d files", len(files))
	}
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "file\tkind\twhole\tcuts found\tzeros found\t")
	found, zeros, alarms := 0, 0, 0
	for _, f := range files {
		r := judge(t, f)
		whole := "ok"
		if r.fault != "" {
			whole = "ALARM " + string(r.fault)
			alarms++
			t.Errorf("%s is whole, but the verdict is %s %s", f.name, r.kind, r.fault)
		}
		want, exception := mustFind[f.name]
		if !exception {
			want.cuts = len(cuts)
		}
		if r.cuts < want.cuts {
			t.Errorf("%s: %d of %d cuts were found", f.name, r.cuts, len(cuts))
		}
		if !r.zeros && !zerosPass(f.name) {
			t.Errorf("%s: a second half of zeros was not found", f.name)
		}
		found += r.cuts
		if r.zeros {
			zeros++
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d/%d\t%v\t%s\n", f.name, r.kind, whole, r.cuts, len(cuts), r.zeros, want.why)
	}
	w.Flush()
	t.Logf("%d files: %d false alarms, %d of %d cuts found, %d of %d second halves of zeros found\n%s",
		len(files), alarms, found, len(files)*len(cuts), zeros, len(files), table.String())
}

// zerosPass are files whose second half may be zeros: they hold what is black,
// silent or free as zeros, or are no media.
func zerosPass(name string) bool {
	return slices.Contains([]string{".bmp", ".ico", ".dpx", ".tar", ".glb", ".sqlite", ".pdf", ".doc", ".aep", ".cdr"}, path.Ext(name)) ||
		slices.Contains([]string{"black.tif", "sox-silence.wav", "sox-fade.wav", "windows.eps"}, name)
}
