// Package frontend holds the built pages: the window of the desktop program
// and the buyer's review page. `npm run build` in this folder makes them.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Desktop returns the window's files, with index.html at the top; false when
// this program was built without its frontend.
func Desktop() (fs.FS, bool) { return built("dist/desktop") }

// Review returns the files of the buyer's page, with index.html at the top;
// false when this program was built without its frontend.
func Review() (fs.FS, bool) { return built("dist/review") }

func built(dir string) (fs.FS, bool) {
	page, err := fs.Sub(dist, dir)
	if err != nil {
		return nil, false
	}
	if _, err := fs.Stat(page, "index.html"); err != nil {
		return nil, false
	}
	return page, true
}
