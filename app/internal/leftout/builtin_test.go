package leftout_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"handover/app/internal/leftout"
)

// put makes files in a folder; a path that ends in a slash is a folder.
func put(t *testing.T, root string, content string, paths ...string) {
	t.Helper()
	for _, p := range paths {
		name := filepath.Join(root, filepath.FromSlash(p))
		if strings.HasSuffix(p, "/") {
			name = filepath.Join(name, "file inside")
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// verdicts walks a folder as those who use the rules do, and returns why each
// path that is not taken stays out.
func verdicts(t *testing.T, root string) map[string]leftout.Verdict {
	t.Helper()
	var rules leftout.Rules
	out := map[string]leftout.Verdict{}
	var walk func(rel string)
	walk = func(rel string) {
		dir := filepath.Join(root, filepath.FromSlash(rel))
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		names := func() (list []string) {
			for _, e := range entries {
				list = append(list, e.Name())
			}
			return list
		}
		f := rules.In(rel, names, func(name string) []byte { return leftout.Head(filepath.Join(dir, name)) })
		for _, e := range entries {
			p := strings.TrimPrefix(rel+"/"+e.Name(), "/")
			if v := f.Judge(e.Name(), e.IsDir()); v.Out() {
				out[p] = v
			} else if e.IsDir() {
				walk(p)
			}
		}
	}
	walk("")
	return out
}

// outOf returns why a path stays out, also because of a folder above it.
func outOf(out map[string]leftout.Verdict, p string) leftout.Verdict {
	p = strings.TrimSuffix(p, "/")
	for i := range p {
		if p[i] == '/' && out[p[:i]].Out() {
			return out[p[:i]]
		}
	}
	return out[p]
}

// Working files of programs: each with what is beside it, where the name alone
// proves nothing.
func TestWorkingFilesStayOut(t *testing.T) {
	const beside = " < " // "a < b c": a is judged beside b and c
	groups := map[leftout.Reason]string{
		leftout.Download: `film.mov.part
			film.mov.partial
			weights.part < weights
			FILM.CRDOWNLOAD
			film.mov.opdownload
			Film.mov.download/
			film.mov.!ut
			film.mkv.!qB
			film.iso.aria2
			film.iso.filepart
			film.mp4.ytdl`,
		leftout.Conflict: `report (Eva's conflicted copy 2026-03-01).docx
			report (conflicted copy 2026-03-01 101500).docx
			Bericht (Evas in Konflikt stehende Kopie 2026-03-01).docx
			report.sync-conflict-20260301-101500-ABCDEFG.docx
			report (SFConflict eva@example.org 2026-03-01-10-15-00).docx
			report_conflict-20260301-101500.docx
			report [Conflict].docx`,
		leftout.Temporary: `render.tmp
			a.temp
			.fuse_hidden0000001a00000001
			.nfs0000000001
			plan.pdf.bak < plan.pdf
			index.html.orig < index.html
			~syncthing~film.mov.tmp
			.syncthing.film.mov.tmp`,
		leftout.Working: `~$letter.docx
			~WRL0001.tmp
			database.laccdb
			.~lock.letter.odt#
			letter.txt~
			.letter.txt.swp
			#letter.txt#
			.#letter.txt
			.goutputstream-ABC123
			main.c.kate-swp
			Adobe Premiere Pro Auto-Save/
			Adobe After Effects Auto-Save/
			Adobe Premiere Pro Video Previews/
			Adobe Premiere Pro Audio Previews/
			Adobe After Effects Disk Cache - studio.noindex/
			Film.PRV/
			Media Cache Files/
			Peak Files/
			Film.prlock
			~Booklet~abc123.idlk
			voice 48000.pek
			voice 48000.cfa
			0001.mcdb
			Catalogue.lrcat.lock
			Catalogue.lrcat-wal
			Catalogue.lrcat-journal
			Catalogue Previews.lrdata/
			Catalogue Smart Previews.lrdata/
			Shoot/CaptureOne/Cache/
			voice.pkf
			plan.dwl
			plan.dwl2
			plan_1_1_0001.sv$
			plan.bak < plan.dwg
			house.0001.rvt
			house_backup/ < house.rvt
			house.bpn
			boat.3dmbak
			boat.rhl
			kitchen.skb
			AutoSave_kitchen.skp
			part.FCStd1
			part.FCBak
			Backup_of_logo.cdr
			logo.afdesign~lock~
			.painting.kra-autosave.kra
			poster.sla.autosave
			board.kicad_pcb-bak
			board.kicad_prl
			_autosave-board.kicad_pcb
			board-backups/
			board.b#1
			board.s#1
			History/ < board.PrjPcb
			scene.blend1
			scene.blend2
			scene.blend32
			blendcache_scene/
			scene.ma.swatches
			.mayaSwatches/
			incrementalSave/
			autosave/ < workspace.mel
			backup/ < scene.c4d
			autoback/
			scene_bak1.hip
			backup/ < scene.hip
			comp.nk.autosave
			comp.autocomp
			QuickSave/ < figure.zpr
			CacheClip/
			Library/ < ProjectSettings/x
			Temp/ < ProjectSettings/x
			Intermediate/ < Game.uproject
			Saved/ < Game.uproject
			.godot/
			song.aup3-wal
			song.aup3-shm
			song.aup3unsaved
			kick.wav.asd < kick.wav
			Backup/ < song.als
			Song.logicx/Alternatives/000/Undo Data.nosync/
			Song.logicx/Alternatives/000/Project File Backups/
			Song.logicx/Alternatives/000/Autosave/
			Freeze Files.nosync/
			Film.fcpbundle/Event/Render Files/
			Film.fcpbundle/Event/Peaks Data/
			WaveCache.wfm
			Session File Backups/
			song.rpp-bak
			song.wav.reapeaks
			song.ardour.bak
			dead/ < song.ardour
			Auto Saves/ < song.cpr
			song.bak < song.cpr
			History/ < song.song
			auto-backups/
			song (overwritten at 12h30).flp
			voice.sfk
			voice.gpk
			msmMMOB.mdb
			Bin Attic/
			cut.veg.bak
			shop.db-wal < shop.db
			shop.sqlite-shm < shop.sqlite
			shop.db-journal < shop.db
			thesis.aux < thesis.tex
			thesis.log < thesis.tex
			thesis.synctex.gz
			thesis.fdb_latexmk
			node_modules/
			.next/
			.parcel-cache/
			npm-debug.log
			tool.pyc
			__pycache__/
			.venv/
			.ipynb_checkpoints/
			.git/
			.svn/
			xcuserdata/
			DerivedData/
			.idea/
			app.suo
			target/ < Cargo.toml
			.terraform/
			.Rhistory`,
		leftout.System: `.DS_Store
			Thumbs.db
			desktop.ini
			._film.mov
			__MACOSX/
			@eaDir/
			$RECYCLE.BIN/
			.dropbox
			.stfolder/
			.Trash-1000/
			Network Trash Folder/
			.picasa.ini
			System Volume Information/`,
		leftout.Hidden: `.local
			.secret-notes
			.cache/
			.vscode/`,
		leftout.Unfinished: `Drafts/
			sub/drafts/
			` + norm.NFD.String("ENTWÜRFE") + `/
			Entwurf/
			WIP/
			Samples/page.pdf
			Muster/page.pdf
			sample/deep/page.pdf`,
	}
	n := 0
	for want, list := range groups {
		for line := range strings.Lines(list) {
			line = strings.TrimSpace(line)
			n++
			t.Run(line, func(t *testing.T) {
				name, others, _ := strings.Cut(line, beside)
				root := t.TempDir()
				put(t, root, "x", name)
				if others != "" {
					put(t, root, "x", strings.Fields(others)...)
				}
				v := outOf(verdicts(t, root), name)
				if v.Reason != want {
					t.Errorf("%q, want %q", v.Reason, want)
				}
				if v.Reason == leftout.Working && v.Detail == "" {
					t.Error("of no program")
				}
			})
		}
	}
	if n < 110 {
		t.Errorf("%d names", n)
	}
}

// Work that is named like a working file, all in one folder where nothing
// proves that it is one.
func TestWantedFilesAreTaken(t *testing.T) {
	wanted := strings.Split(`.htaccess
.well-known/security.txt
.gitignore
.editorconfig
.nojekyll
.github/workflows/test.yml
.eslintrc.json
.env.example
Samples/kick.wav
Samples/Imported/loop.aif
Sample Pack/Samples/readme.txt
Sample Pack/Presets/lead.adv
weights.part
archive.part1.rar
film.part
shop-backup.bak
customers.old
yarn.lock
Podfile.lock
Backup/photo.jpg
backup.zip
History/chapter 1.docx
Library/song.wav
Temp/reading.csv
target/arrow.svg
Saved/letter.docx
Cache/tile.png
autosave/readme.md
plan.log
notes.log
thesis.out
data.db
budget-wal
Conflict.mov
conflicting views.docx
Musterhaus/plan.pdf
Drafts
Drafting table.png
final draft.docx
Temperature.csv
_drafts.css
brushes.swatches
scope.wfm
Show.app/Contents/Resources/.hidden-setting
Show.app/Contents/Resources/node_modules/a/index.js
Show.app/Contents/draft/x
Track.logicx/Alternatives/000/ProjectData
Notes.rtfd/TXT.rtf
id_rsa.pub
environment.md`, "\n")
	if len(wanted) < 18 {
		t.Fatalf("%d names", len(wanted))
	}
	root := t.TempDir()
	put(t, root, "x", wanted...)
	out := verdicts(t, root)
	for _, p := range wanted {
		if v := outOf(out, p); v.Out() {
			t.Errorf("%s: %s", p, v.Words())
		}
	}
}

func TestSecretsAreAskedFor(t *testing.T) {
	const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r"
	for _, tc := range []struct {
		path, content string
		secret        bool
	}{
		{".env", "A=b", true},
		{"site/.env.production", "A=b", true},
		{"prod.env", "A=b", true},
		{".env.example", "A=", false},
		{"id_rsa", key, true},
		{"id_ed25519", key, true},
		{"id_rsa.pub", "ssh-rsa AAAA", false},
		{"server.pem", key, true},
		{"server.pem", "-----BEGIN CERTIFICATE-----\nMIIB", false},
		{"server.pem", "", true},
		{"server.key", key, true},
		{"Talk.key", "PK\x03\x04", false},
		{"AuthKey.p8", "-----BEGIN PRIVATE KEY-----", true},
		{"release.asc", "-----BEGIN PGP SIGNATURE-----", false},
		{"office.ovpn", "<key>\n-----BEGIN PRIVATE KEY-----", true},
		{"cert.p12", "0", true},
		{"cert.pfx", "0", true},
		{"app.keystore", "0", true},
		{"login.kdbx", "0", true},
		{"putty.ppk", "0", true},
		{"credentials.json", "{}", true},
		{"client_secret_123.apps.json", "{}", true},
		{"shop-firebase-adminsdk-abc.json", "{}", true},
		{".aws/credentials", "x", true},
		{".ssh/config", "x", true},
		{".npmrc", "//registry.npmjs.org/:_authToken=abc", true},
		{".npmrc", "save-exact=true", false},
		{".netrc", "x", true},
		{".git-credentials", "x", true},
		{".htpasswd", "eva:$apr1$", true},
		{"Show.app/Contents/Resources/.env", "A=b", true},
		{"wallet.dat", "0", true},
		{"package.json", "{}", false},
	} {
		t.Run(tc.path+" "+fmt.Sprint(len(tc.content)), func(t *testing.T) {
			root := t.TempDir()
			put(t, root, tc.content, tc.path)
			v := outOf(verdicts(t, root), tc.path)
			if (v.Reason == leftout.Secret) != tc.secret || !tc.secret && v.Out() {
				t.Errorf("%q: %s", v.Reason, v.Words())
			}
		})
	}
}

// What is listed as built in is left out, and for that reason.
func TestBuiltIns(t *testing.T) {
	root := t.TempDir()
	want := map[string]leftout.Reason{}
	for _, group := range leftout.BuiltIns() {
		if len(group.Patterns) == 0 {
			t.Errorf("%s has no patterns", group.Reason)
		}
		for i, pattern := range group.Patterns {
			name := strings.NewReplacer(`\`, "", "[]]", "]", "[[]", "[", "*", fmt.Sprint("x", i), "[0-9]", "7").Replace(pattern)
			want[strings.TrimSuffix(name, "/")] = group.Reason
			put(t, root, "", name)
		}
	}
	out := verdicts(t, root)
	for name, reason := range want {
		if out[name].Reason != reason {
			t.Errorf("%s: %q, want %q", name, out[name].Reason, reason)
		}
	}
	reasons := []leftout.Reason{}
	for _, group := range leftout.BuiltIns() {
		reasons = append(reasons, group.Reason)
	}
	if !slices.Contains(reasons, leftout.Secret) || !slices.Contains(reasons, leftout.Working) {
		t.Errorf("groups %v", reasons)
	}
}

// The pages have the same table: frontend/src/lib/order/packages.test.ts.
func TestPackages(t *testing.T) {
	raw, err := os.ReadFile("testdata/packages.json")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if got := leftout.PackageExts(); !slices.Equal(got, want) {
		t.Errorf("packages end in\n%q, want\n%q", got, want)
	}
}
