// Package windowstate stores the position and size of the window in its own file, because
// it is read before the window opens and while another program uses the drafts.
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

// Place is the position and size of the window. If the window is maximised, they are those
// that it returns to.
type Place struct {
	X         int  `json:"x"`
	Y         int  `json:"y"`
	Width     int  `json:"width"`
	Height    int  `json:"height"`
	Maximised bool `json:"maximised"`
	// Screens are the screens at that time.
	Screens []Screen `json:"screens"`
}

// Load reads the place from the file; false if it is missing or invalid. The smallest size is
// the window's minimum.
func Load(path string, least Screen) (Place, bool) {
	var p Place
	raw, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(raw, &p) != nil {
		return Place{}, false
	}
	const most = 1 << 15 // the limit of X11
	if p.Width < least.Width || p.Height < least.Height || p.Width > most || p.Height > most {
		return Place{}, false
	}
	return p, true
}

// Save stores the place in the file.
func (p Place) Save(path string) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("store the window's place: %w", err)
	}
	if err := atomicfile.Replace(path, atomicfile.Text(string(raw))); err != nil {
		return fmt.Errorf("store the window's place: %w", err)
	}
	return nil
}

// Corner returns the position of the window on the current screens; false if the system
// should choose it. The position is used only if there is a single, unchanged screen and
// the window's title bar is visible: the arrangement of several screens is unknown.
func (p Place) Corner(now []Screen) (x, y int, ok bool) {
	if p.Maximised || len(now) != 1 || !slices.Equal(p.Screens, now) {
		return 0, 0, false
	}
	const grip = 40 // of the frame, to drag the window
	if p.X < 0 || p.Y < 0 || p.X+p.Width > now[0].Width || p.Y+grip > now[0].Height {
		return 0, 0, false
	}
	return p.X, p.Y, true
}

// Next returns the place to store for a window at current. For a maximised window it keeps
// the earlier position and size.
func (p Place) Next(current Place) Place {
	if current.Maximised && p.Width > 0 {
		current.X, current.Y, current.Width, current.Height = p.X, p.Y, p.Width, p.Height
	}
	return current
}
