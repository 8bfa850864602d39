package shell_test

import (
	"path/filepath"
	"reflect"
	"testing"

	"handover/app/internal/windowstate"
)

func TestPlaceIsKept(t *testing.T) {
	where := windowstate.Place{X: 10, Y: 20, Width: 900, Height: 600, Screens: []windowstate.Screen{{Width: 1280, Height: 800}}}
	s, home := open(t, &window{place: where}, nil)
	if s.BeforeClose() {
		t.Error("the window stays")
	}
	got, ok := windowstate.Load(filepath.Join(home, "window.json"), windowstate.Screen{})
	if !ok || !reflect.DeepEqual(got, where) {
		t.Errorf("kept %+v, want %+v", got, where)
	}
}
