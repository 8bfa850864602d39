package windowstate_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"handover/app/internal/windowstate"
)

type screens = []windowstate.Screen

var (
	least  = windowstate.Screen{Width: 720, Height: 520}
	full   = windowstate.Screen{Width: 1920, Height: 1080}
	placed = windowstate.Place{X: 100, Y: 50, Width: 1000, Height: 700, Screens: screens{full}}
)

func TestSavedAndLoaded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "window.json")
	if _, ok := windowstate.Load(path, least); ok {
		t.Error("there is a place before one was kept")
	}
	for _, p := range []windowstate.Place{placed, {Width: 720, Height: 520, Maximised: true, Screens: screens{full, least}}} {
		if err := p.Save(path); err != nil {
			t.Fatal(err)
		}
		if got, ok := windowstate.Load(path, least); !ok || !reflect.DeepEqual(got, p) {
			t.Errorf("kept %+v, got %+v", p, got)
		}
	}
}

func TestNonsenseIsNotLoaded(t *testing.T) {
	for name, content := range map[string]string{
		"empty": "", "cut short": `{"width":1000`, "other types": `{"width":"1000"}`, "no size": `{"x":1,"y":1}`,
		"too small": `{"width":719,"height":700}`, "too flat": `{"width":1000,"height":1}`,
		"huge": `{"width":99999,"height":700}`, "negative": `{"width":-1000,"height":700}`,
	} {
		path := filepath.Join(t.TempDir(), "window.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if p, ok := windowstate.Load(path, least); ok {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestNotSaved(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := placed.Save(filepath.Join(file, "window.json")); err == nil {
		t.Error("saved below a file")
	}
}

func TestCorner(t *testing.T) {
	at := func(x, y int) windowstate.Place { p := placed; p.X, p.Y = x, y; return p }
	maximised := placed
	maximised.Maximised = true
	for name, c := range map[string]struct {
		p   windowstate.Place
		now screens
		ok  bool
	}{
		"the same screen":  {placed, screens{full}, true},
		"the very corner":  {at(0, 0), screens{full}, true},
		"the right edge":   {at(920, 0), screens{full}, true},
		"beyond the right": {at(921, 0), screens{full}, false},
		"beyond the left":  {at(-1, 0), screens{full}, false},
		"above":            {at(0, -1), screens{full}, false},
		"far below":        {at(0, 1041), screens{full}, false},
		"maximised":        {maximised, screens{full}, false},
		"another screen":   {placed, screens{{Width: 1280, Height: 800}}, false},
		"two screens":      {placed, screens{full, full}, false},
		"none":             {placed, nil, false},
	} {
		if x, y, ok := c.p.Corner(c.now); ok != c.ok || (ok && (x != c.p.X || y != c.p.Y)) {
			t.Errorf("%s: %d, %d, %v", name, x, y, ok)
		}
	}
}

// A maximised window goes back to the size from before, also after a restart.
func TestNext(t *testing.T) {
	big := windowstate.Place{Width: 1920, Height: 1050, Maximised: true, Screens: screens{full}}
	want := placed
	want.Maximised = true
	if got := placed.Next(big); !reflect.DeepEqual(got, want) {
		t.Errorf("maximised: %+v", got)
	}
	if got := (windowstate.Place{}).Next(big); !reflect.DeepEqual(got, big) {
		t.Errorf("maximised from the start: %+v", got)
	}
	if got := want.Next(placed); !reflect.DeepEqual(got, placed) {
		t.Errorf("normal again: %+v", got)
	}
}
