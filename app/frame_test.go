package app_test

import (
	"path/filepath"
	"reflect"
	"testing"

	"handover/app"
	"handover/app/internal/windowstate"
)

func TestPlaceIsKept(t *testing.T) {
	home := t.TempDir()
	where := windowstate.Place{X: 10, Y: 20, Width: 900, Height: 600, Screens: []windowstate.Screen{{Width: 1280, Height: 800}}}
	p := program(t, home, &window{place: where})
	if p.BeforeClose() {
		t.Error("the window stays")
	}
	got, ok := windowstate.Load(filepath.Join(home, "window.json"), windowstate.Screen{})
	if !ok || !reflect.DeepEqual(got, where) {
		t.Errorf("kept %+v, want %+v", got, where)
	}
}

var _ app.Window = (*window)(nil)
