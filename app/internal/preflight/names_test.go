package preflight_test

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"handover/app/internal/preflight"
)

func TestNames(t *testing.T) {
	for path, want := range map[string]string{
		"film-draft.mov":                  "draft",
		"Film_DRAFT_3.mov":                "draft",
		"filmDraft.mov":                   "draft",
		"FilmDraft2.mov":                  "draft",
		"dRaFt.mov":                       "draft",
		"Drafts/film.mov":                 "drafts",
		"Entwurf.pdf":                     "entwurf",
		"ENTWÜRFE/a.pdf":                  "entwürfe",
		norm.NFD.String("Entwürfe.pdf"):   "entwürfe",
		"ｄｒａｆｔ.pdf":                       "draft",
		"logo.wip.ai":                     "wip",
		"sample 01.wav":                   "sample",
		"Muster/seite.pdf":                "muster",
		"film preview.mp4":                "preview",
		"Vorschau.jpg":                    "vorschau",
		"temp.psd":                        "temp",
		"film.mov.tmp":                    "tmp",
		"film (copy).mov":                 "copy",
		"film (Copy 2).mov":               "copy",
		"film - Copy.mov":                 "copy",
		"film - Copy (2).mov":             "copy",
		"film copy 2.mov":                 "copy",
		"Copy of film.mov":                "copy",
		"film (Kopie).mov":                "kopie",
		"film - Kopie (2).mov":            "kopie",
		"Kopie von film.mov":              "kopie",
		"template.psd":                    "",
		"contemporary.mp4":                "",
		"Mustermann.pdf":                  "",
		"Draftsman.pdf":                   "",
		"attempt.mov":                     "",
		"resampled.wav":                   "",
		"swiped.mov":                      "",
		"copyright.txt":                   "",
		"photocopy.pdf":                   "",
		"copywriting/headline.docx":       "",
		"Kopien.pdf":                      "",
		"Musterhaus.jpg":                  "",
		"Muster-Haus.jpg":                 "muster",
		"aftercopying/photocopy1":         "",
		"最終版.psd":                         "",
		"Fernsehmuster.pdf":               "",
		"final.mov":                       "",
		"":                                "",
		strings.Repeat("ü", 100) + ".mov": "",
	} {
		t.Run(path, func(t *testing.T) {
			found, err := preflight.Check(t.Context(), []preflight.File{{Path: path, Source: t.TempDir() + "/none"}}, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if found[0].Code == preflight.UnfinishedName {
				got = found[0].Hint
			}
			if got != want {
				t.Errorf("%q; want %q", got, want)
			}
		})
	}
}
