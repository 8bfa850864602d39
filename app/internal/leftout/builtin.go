package leftout

import (
	"slices"
	"strings"
)

// system lists files that operating systems, file managers and sync clients create.
var system = newTable([]entry{
	{reason: System,
		files: ".ds_store thumbs.db ehthumbs.db ehthumbs_vista.db desktop.ini icon\r .directory .localized .volumeicon.icns .apdisk ._* " +
			".com.apple.timemachine.* .dropbox .dropbox.attr .owncloudsync.log .nextcloudsync.log .sync_*.db* ._sync_*.db* .csync_journal.db* " +
			".picasa.ini picasa.ini zbthumbnail.info pspbrwse.jbf .hidden .bridgesort .bridgelabelsandratings bridgecache*",
		folders: "$recycle.bin system?volume?information __macosx .spotlight-v100 .fseventsd .temporaryitems .documentrevisions-v100 .trashes .trash " +
			".trash-* lost+found .appledouble .appledb .appledesktop network?trash?folder temporary?items @eadir #recycle #snapshot .@__thumb " +
			".dropbox.cache .stfolder .stversions .thumbnails .tmp.drivedownload .tmp.driveupload .icloud"},
	{reason: System, folders: "._*"},
})

// working lists files that programs create next to the work. A name that finished work may
// also have is left out only if its folder proves what it is. In doubt a file is included,
// because the preflight can still warn about it.
var working = newTable([]entry{
	// Names that only unfinished downloads have.
	{reason: Download, files: "*.crdownload *.opdownload *.download *.!ut *.!qb *.!bt *.bc! *.aria2 *.filepart *.part.met *.ytdl *.unconfirmed ~utorrentpartfile_*", folders: "*.download"},
	{reason: Download, files: "*.part *.partial", when: besideWhole},

	{reason: Conflict, files: "*conflicted?copy* *in?konflikt?stehende?kopie* *.sync-conflict-* *(sfconflict* *[[]conflict[]]* *_conflict-20[0-9][0-9]*"},

	// Office and text editors.
	{reason: Working, of: "Office", files: "~$* ~wrl*.tmp ~wrd*.tmp *.laccdb ~rf*.tmp"},
	{reason: Working, of: "LibreOffice", files: ".~lock.*"},
	{reason: Working, of: "Vim/Emacs", files: "*.swp *.swo *.swx .#* #*# *~ *.kate-swp *___jb_tmp___ *___jb_old___ *.sublime-workspace .goutputstream-*"},
	{reason: Temporary, files: "*.tmp *.temp *.lck .fuse_hidden* .nfs0* .syncthing.* ~syncthing~*"},
	{reason: Temporary, files: "*.bak *.old *.orig *.backup", when: besideSelf},

	// Adobe.
	{reason: Working, of: "Adobe", files: "*.prlock *.idlk ~*.idlk *.pek *.cfa *.mcdb *.prmdc *.prmdc2 ~ai*.tmp", folders: "*auto-save adobe?premiere?pro?*previews adobe?after?effects?*cache* media?cache media?cache?files peak?files *.prv"},
	{reason: Working, of: "Lightroom", files: "*.lrcat.lock *.lrcat-journal *.lrcat-wal *.lrcat-shm", folders: "*?previews.lrdata previews.lrdata *?helper.lrdata"},
	{reason: Working, of: "Capture One", folders: "cache", when: within("captureone *.cocatalog")},
	{reason: Working, of: "Audition", files: "*.pkf"},

	// Drawing and layout.
	{reason: Working, of: "AutoCAD", files: "*.dwl *.dwl2 *.sv$ *.ac$"},
	{reason: Working, of: "AutoCAD/Cubase", files: "*.bak", when: besideStem(".dwg .dxf .rvt .rfa .skp .3dm .cpr .npr .ardour .rpp .kicad_pcb .kicad_sch .sch .brd .gsm .vwx .c4d .aup .sesx .tex .psd .ai .indd .cdr .xcf")},
	{reason: Working, of: "Revit", files: "*.0[0-9][0-9][0-9].rvt *.0[0-9][0-9][0-9].rfa *.slog", folders: "*_backup", when: besideExt(".rvt .rfa")},
	{reason: Working, of: "ArchiCAD", files: "*.bpn"},
	{reason: Working, of: "Rhino", files: "*.3dmbak *.rhl"},
	{reason: Working, of: "SketchUp", files: "*.skb autosave_*.skp"},
	{reason: Working, of: "FreeCAD", files: "*.fcstd1 *.fcbak"},
	{reason: Working, of: "CorelDRAW", files: "backup_of_*.cdr @@@cdrw*"},
	{reason: Working, of: "Affinity", files: "*~lock~"},
	{reason: Working, of: "Krita", files: "*-autosave.kra"},
	{reason: Working, of: "Scribus", files: "*.sla.autosave *.autosave"},
	{reason: Working, of: "KiCad", files: "*.kicad_pcb-bak *.kicad_sch-bak *.kicad_prl _autosave-* fp-info-cache", folders: "*-backups"},
	{reason: Working, of: "Eagle", files: "*.b#[0-9] *.s#[0-9] *.l#[0-9]"},
	{reason: Working, of: "Altium", folders: "history __previews", when: besideExt(".prjpcb .schdoc .pcbdoc")},

	// 3D, compositing, games.
	{reason: Working, of: "Blender", files: "*.blend[0-9] *.blend[0-9][0-9] *.blend@", folders: "blendcache_*"},
	{reason: Working, of: "Maya", files: "*.ma.swatches *.mb.swatches", folders: ".mayaswatches incrementalsave"},
	{reason: Working, of: "Maya", folders: "autosave", when: besideName("workspace.mel")},
	{reason: Working, of: "Cinema 4D", folders: "backup", when: besideExt(".c4d")},
	{reason: Working, of: "3ds Max", folders: "autoback"},
	{reason: Working, of: "Houdini", files: "*_bak[0-9]*.hip *_bak[0-9]*.hipnc *_bak[0-9]*.hiplc"},
	{reason: Working, of: "Houdini", folders: "backup", when: besideExt(".hip .hipnc .hiplc")},
	{reason: Working, of: "Nuke", files: "*.nk.autosave *.nk~ *.nk.autosave[0-9]"},
	{reason: Working, of: "Fusion", files: "*.autocomp"},
	{reason: Working, of: "ZBrush", folders: "quicksave", when: besideExt(".zpr .ztl")},
	{reason: Working, of: "DaVinci Resolve", folders: "cacheclip .gallery optimizedmedia"},
	{reason: Working, of: "Unity", folders: "library temp obj logs usersettings", when: besideName("projectsettings")},
	{reason: Working, of: "Unreal Engine", folders: "intermediate saved deriveddatacache", when: besideExt(".uproject")},
	{reason: Working, of: "Godot", folders: ".godot .import"},

	// Audio and video.
	{reason: Working, of: "Audacity", files: "*.aup3-wal *.aup3-shm *.aup3unsaved *.aup3unsaved-wal *.aup3unsaved-shm *.aup.bak *.aup3-journal"},
	{reason: Working, of: "Ableton Live", files: "*.asd", when: besideSelf},
	{reason: Working, of: "Ableton Live", folders: "backup", when: besideExt(".als")},
	{reason: Working, of: "Logic Pro", folders: "project?file?backups undo?data.nosync freeze?files.nosync autosave", when: within("*.logicx *.band")},
	{reason: Working, of: "Logic Pro", folders: "project?file?backups undo?data.nosync freeze?files.nosync"},
	{reason: Working, of: "Final Cut Pro", folders: "render?files peaks?data thumbnail?media analysis?files __.fcpcache", when: within("*.fcpbundle")},
	{reason: Working, of: "Final Cut Pro", folders: "*.fcpcache"},
	{reason: Working, of: "Pro Tools", files: "wavecache.*", folders: "session?file?backups"},
	{reason: Working, of: "Reaper", files: "*.rpp-bak *.rpp-undo *.reapeaks *.reapindex"},
	{reason: Working, of: "Ardour", files: "*.ardour.bak *.peak"},
	{reason: Working, of: "Ardour", folders: "dead", when: besideExt(".ardour")},
	{reason: Working, of: "Cubase", folders: "auto?saves edits?backup", when: besideExt(".cpr .npr")},
	{reason: Working, of: "Studio One", folders: "history cache", when: besideExt(".song")},
	{reason: Working, of: "Bitwig Studio", folders: "auto-backups"},
	{reason: Working, of: "FL Studio", files: "*(overwritten?at*).flp *(autosaved?at*).flp"},
	{reason: Working, of: "Sound Forge", files: "*.sfk *.sfap0 *.sfl"},
	{reason: Working, of: "WaveLab", files: "*.gpk"},
	{reason: Working, of: "Avid Media Composer", files: "msmmmob.mdb msmfmid.pmr *.avb.lock", folders: "*?attic"},
	{reason: Working, of: "Vegas Pro", files: "*.veg.bak *.sfvp0"},

	// Databases and typesetting.
	{reason: Working, of: "SQLite", files: "*-wal *-shm *-journal", when: besideDatabase},
	{reason: Working, of: "LaTeX", files: "*.synctex.gz *.synctex(busy) *.fdb_latexmk *.fls"},
	{reason: Working, of: "LaTeX", files: "*.aux *.log *.toc *.out *.lof *.lot *.nav *.snm *.vrb *.blg", when: besideStem(".tex")},

	// Programs and websites.
	{reason: Working, of: "npm", files: "npm-debug.log* yarn-error.log* .npm-debug.log*", folders: "node_modules bower_components .npm .yarn-cache .pnpm-store .parcel-cache .turbo .next .nuxt .svelte-kit .angular .sass-cache"},
	{reason: Working, of: "Python", files: "*.pyc *.pyo", folders: "__pycache__ .pytest_cache .mypy_cache .ruff_cache .tox .nox .venv .ipynb_checkpoints *.egg-info"},
	{reason: Working, of: "Git/Subversion", folders: ".git .svn .hg .bzr .fslckout _darcs"},
	{reason: Working, of: "Xcode", files: "*.xcuserstate", folders: "xcuserdata deriveddata"},
	{reason: Working, of: "Visual Studio/JetBrains", folders: ".idea .vs .gradle .history .fleet", files: "*.suo"},
	{reason: Working, of: "Rust", folders: "target", when: besideName("cargo.toml")},
	{reason: Working, of: "Terraform", folders: ".terraform"},
	{reason: Working, of: "R", files: ".rhistory .rdata", folders: ".rproj.user"},
})

// besideDatabase recognizes that "shop.db-wal" belongs to "shop.db".
func besideDatabase(f *Folder, name string) bool {
	return f.has(name[:strings.LastIndexByte(name, '-')])
}

// Folders for unfinished work, in English and German, at any depth. Folders for samples
// count only at the top of a delivery: deeper ones may hold the sounds of a sample pack or
// of a project, which are work.
var (
	unfinishedFolders = set("drafts draft entwürfe entwurf wip")
	sampleFolders     = set("samples sample muster")
	sounds            = set(".wav .aif .aiff .aifc .caf .flac .mp3 .m4a .ogg .opus .rx2 .rex .apc .acd .sf2 .sfz .nki .nkx .nkc .nkr .ncw .exs .gig .dspreset .mid .midi .adg .adv .asd .sxt .xrni .bwclip .multisample")
)

func set(names string) map[string]bool {
	m := map[string]bool{}
	for _, n := range strings.Fields(names) {
		m[n] = true
	}
	return m
}

// wantedHidden lists names with a leading dot that belong to websites and programs. Other
// such files are left out and reported, because the seller does not see them.
var wantedHidden = newNames(".htaccess .well-known .nojekyll .user.ini .editorconfig .gitignore .gitattributes .gitmodules .gitkeep .keep .mailmap " +
	".github .gitlab .gitlab-ci.yml .travis.yml .circleci .eslintrc* .eslintignore .prettierrc* .prettierignore .stylelintrc* .stylelintignore .babelrc* " +
	".browserslistrc .nvmrc .node-version .python-version .ruby-version .ruby-gemset .tool-versions .npmrc .npmignore .yarnrc* .yarn .dockerignore " +
	".env.example .env.sample .env.template .env.dist .env.defaults .flake8 .pylintrc .coveragerc .pre-commit-config.yaml .rubocop.yml .swiftlint.yml .swift-version " +
	".clang-format .clang-tidy .clangd .storybook .husky .huskyrc* .lintstagedrc* .commitlintrc* .devcontainer .vscodeignore .postcssrc* .swcrc .mocharc* .nycrc* " +
	".jshintrc .luacheckrc .rspec .rustfmt.toml .cargo .php-cs-fixer* .phpcs.xml* .phpunit.xml* .helmignore .slugignore .buildpacks .ebextensions .platform " +
	".readthedocs.yml .readthedocs.yaml .codecov.yml .markdownlint* .asf.yaml .all-contributorsrc .snyk .bowerrc")

// BuiltIn is a group of built-in rules.
type BuiltIn struct {
	Reason   Reason
	Patterns []string // in the syntax of ignore files
}

// BuiltIns returns the built-in rules that do not depend on other files in the folder, in a
// stable order. A line that begins with ! includes files again.
func BuiltIns() []BuiltIn {
	byReason := map[Reason][]string{
		Unfinished: {"drafts/", "draft/", "entwürfe/", "entwurf/", "wip/"},
		Hidden:     {".*"},
		Secret:     secretPatterns(),
	}
	for _, t := range []*table{working, system} {
		for _, e := range t.entries {
			if e.when == nil {
				byReason[e.reason] = append(byReason[e.reason], lines(e.files, e.folders)...)
			}
		}
	}
	var list []BuiltIn
	for _, reason := range []Reason{Unfinished, Secret, Download, Working, Conflict, Temporary, System, Hidden} {
		patterns := byReason[reason]
		slices.Sort(patterns)
		list = append(list, BuiltIn{reason, slices.Compact(patterns)})
	}
	return list
}

// lines returns patterns in the syntax of ignore files. A Mac's file for a folder's icon ends
// in a line break, which no line can express.
func lines(files, folders string) (list []string) {
	for _, p := range patternsOf(files) {
		if !strings.HasSuffix(p, "\r") {
			list = append(list, escape(p))
		}
	}
	for _, p := range patternsOf(folders) {
		list = append(list, escape(p)+"/")
	}
	return list
}

// escape prevents a name from being read as a comment or as a negated rule.
func escape(p string) string {
	if p[0] == '#' || p[0] == '!' {
		return `\` + p
	}
	return p
}
