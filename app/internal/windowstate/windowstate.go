// Package windowstate remembers where the window was and how large, in a file
// of its own: it is read before there is a window, and while another program
// has the drafts open.
package windowstate

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"handover/internal/atomicfile"
)

// Screen is the size of a screen in points.
type Screen struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Place is where a window is. Its size and corner are those it has, or goes
// back to, when it is not maximised.
type Place struct {
	X         int  `json:"x"`
	Y         int  `json:"y"`
	Width     int  `json:"width"`
	Height    int  `json:"height"`
	Maximised bool `json:"maximised"`
	// Screens are those there were then.
	Screens []Screen `json:"screens"`
}

// Load returns the place in the file, false when there is none that makes
// sense. The smallest size is that of the window's minimum.
func Load(path string, least Screen) (Place, bool) {
	var p Place
	raw, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(raw, &p) != nil {
		return Place{}, false
	}
	const most = 1 << 15 // what X11 can show
	if p.Width < least.Width || p.Height < least.Height || p.Width > most || p.Height > most {
		return Place{}, false
	}
	return p, true
}

// Save keeps the place in the file.
func (p Place) Save(path string) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keep the window's place: %w", err)
	}
	if err := atomicfile.Replace(path, atomicfile.Text(string(raw))); err != nil {
		return fmt.Errorf("keep the window's place: %w", err)
	}
	return nil
}

// Corner returns where the window's corner goes on the screens there are now,
// and false when the system shall choose. It is kept only on one and the same
// screen, and while all of the window's top can be seen: how several screens
// lie beside each other, nobody tells us.
func (p Place) Corner(now []Screen) (x, y int, ok bool) {
	if p.Maximised || len(now) != 1 || !slices.Equal(p.Screens, now) {
		return 0, 0, false
	}
	const grip = 40 // of the frame, to move the window by
	if p.X < 0 || p.Y < 0 || p.X+p.Width > now[0].Width || p.Y+grip > now[0].Height {
		return 0, 0, false
	}
	return p.X, p.Y, true
}

// Next returns the place to keep of a window that is at current now: when it is
// maximised, the size and corner from before it was.
func (p Place) Next(current Place) Place {
	if current.Maximised && p.Width > 0 {
		current.X, current.Y, current.Width, current.Height = p.X, p.Y, p.Width, p.Height
	}
	return current
}
