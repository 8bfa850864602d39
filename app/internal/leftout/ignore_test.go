package leftout_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"handover/app/internal/leftout"
)

func TestIgnoreFiles(t *testing.T) {
	const dir, file = true, false
	for _, tc := range []struct {
		name, root, order, path string
		dir                     bool
		want                    string // the line; "" when it is not left out
	}{
		{"extension", "", "*.psd", "a/b.psd", file, "*.psd"},
		{"not another", "", "*.psd", "a/b.psd.png", file, ""},
		{"case", "", "*.PSD", "b.psd", file, "*.PSD"},
		{"normal forms", "", "Größe", norm.NFD.String("größe"), file, "Größe"},
		{"anchored", "", "/a", "a", file, "/a"},
		{"anchored elsewhere", "", "/a", "b/a", file, ""},
		{"a slash anchors", "", "b/a", "c/b/a", file, ""},
		{"any depth", "", "**/b/a", "c/b/a", file, "**/b/a"},
		{"any depth, none", "", "**/a", "a", file, "**/a"},
		{"below", "", "a/**", "a/b/c", file, "a/**"},
		{"below, not itself", "", "a/**", "a", dir, ""},
		{"between", "", "a/**/c", "a/c", file, "a/**/c"},
		{"between, deep", "", "a/**/c", "a/x/y/c", file, "a/**/c"},
		{"star stays in a name", "", "a/*/c", "a/x/y/c", file, ""},
		{"folders only", "", "raw/", "raw", dir, "raw/"},
		{"folders only, a file", "", "raw/", "raw", file, ""},
		{"question mark", "", "?.txt", "ä.txt", file, "?.txt"},
		{"set", "", "[a-c].txt", "b.txt", file, "[a-c].txt"},
		{"set, negated", "", "[!a-c].txt", "b.txt", file, ""},
		{"set with bracket", "", "[]x].txt", "].txt", file, "[]x].txt"},
		{"class of characters", "", "[[:digit:]]x", "7x", file, "[[:digit:]]x"},
		{"open set", "", "[a", "[a", file, ""},
		{"escaped star", "", `\*`, "*", file, `\*`},
		{"escaped star, other", "", `\*`, "x", file, ""},
		{"comment", "", "#a", "#a", file, ""},
		{"escaped hash", "", `\#a`, "#a", file, `\#a`},
		{"negated", "", "*.psd\n!keep.psd", "keep.psd", file, ""},
		{"the last one decides", "", "!keep.psd\n*.psd", "keep.psd", file, "*.psd"},
		{"spaces at the end", "", "a.txt  ", "a.txt", file, "a.txt"},
		{"escaped space at the end", "", `a\ `, "a ", file, `a\`},
		{"Windows line ends", "", "a\r\nb\r\n", "b", file, "b"},
		{"byte order mark", "", "\uFEFFa", "a", file, "a"},
		{"root's", "*.psd", "", "a.psd", file, "*.psd"},
		{"root's, anchored at the root", "/Film/raw", "", "raw", dir, "/Film/raw"},
		{"root's, anchored, not the order's", "/raw", "", "raw", dir, ""},
		{"the order's over the root's", "*.psd", "!*.psd", "a.psd", file, ""},
		{"built-in taken back", "", "!Drafts/", "Drafts", dir, ""},
		{"built-in taken back in the root", "!.htaccess", "", ".htaccess", file, ""},
		{"empty lines", "", "\n\n  \n/\n!\n//\n", "a", file, ""},
		{"all", "", "*", "a", file, "*"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := leftout.Judge(tc.root, "Film", tc.order, tc.path, tc.dir)
			if v.Detail != tc.want || v.Out() != (tc.want != "") {
				t.Errorf("got %q, want %q", v, tc.want)
			}
		})
	}
}

// TestRulesAreGits compares with git itself.
func TestRulesAreGits(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	root := t.TempDir()
	if out, err := exec.Command("git", "init", "-q", root).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	// No "a**": what git makes of it depends on where its first wildcard is.
	name := rapid.StringMatching(`[abA]{1,3}|\*|\*[ab]|a\*b|\?|\[ab\]|\[!a\]b|\[^b\]|\*\*|\\a|[ab]\?`)
	line := rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(name, 1, 3).Draw(t, "parts")
		return rapid.SampledFrom([]string{"", "", "!"}).Draw(t, "negation") + rapid.SampledFrom([]string{"", "", "/"}).Draw(t, "anchor") +
			strings.Join(parts, "/") + rapid.SampledFrom([]string{"", "", "/"}).Draw(t, "end")
	})
	path := rapid.Map(rapid.SliceOfN(rapid.StringMatching(`[abA]{1,3}`), 1, 4), func(p []string) string { return strings.Join(p, "/") })
	rapid.Check(t, func(rt *rapid.T) {
		rules := strings.Join(rapid.SliceOfN(line, 1, 4).Draw(rt, "rules"), "\n") + "\n"
		paths := rapid.SliceOfN(path, 5, 10).Draw(rt, "paths")
		if err := os.WriteFile(filepath.Join(root, ".gitignore"), []byte(rules), 0o644); err != nil {
			rt.Fatal(err)
		}
		cmd := exec.Command("git", "-C", root, "-c", "core.ignorecase=true", "check-ignore", "--no-index", "--stdin", "-z")
		cmd.Stdin = strings.NewReader(strings.Join(paths, "\x00") + "\x00")
		out, err := cmd.Output()
		if code := cmd.ProcessState.ExitCode(); code > 1 {
			rt.Fatalf("git: %v", err)
		}
		ignored := map[string]bool{}
		for p := range bytes.SplitSeq(out, []byte{0}) {
			ignored[string(p)] = true
		}
		for _, p := range paths {
			if got := leftout.Ignored(rules, p); got != ignored[p] {
				rt.Fatalf("rules %q: %s is left out: %v, by git: %v", rules, p, got, ignored[p])
			}
		}
	})
}

// TestRulesOfAnyKind lets no line of an ignore file end the program.
func TestRulesOfAnyKind(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`(\[|\]|!|\^|-|\\|a|\[:digit:\]|:|\*|\?|/| |\n){0,15}`)).Draw(rt, "rules")
		rel := rapid.StringMatching(`[]\[!^\\a:*? -]{1,4}(/[]\[!^\\a:*? -]{1,4}){0,2}`).Draw(rt, "path")
		leftout.Ignored(text, rel)
	})
}

// TestRulesTakeNoTime matches what would take years by trying all ways.
func TestRulesTakeNoTime(t *testing.T) {
	long := strings.Repeat("a", 200)
	leftout.Ignored(strings.Repeat("*a", 100)+"b", long)
	leftout.Ignored(strings.Repeat("**/a/", 100)+"b", strings.Repeat("a/", 200)+"a")
}
