package desk_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"handover/app/internal/change"
	"handover/app/internal/desk"
)

// What was done about damaged drafts is told until it is known.
func TestRecovered(t *testing.T) {
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "handover.db"), []byte("no drafts"), 0o600); err != nil {
		t.Fatal(err)
	}
	told := make(chan change.Change, 100)
	d, err := desk.Open(desk.Options{Home: home, Parallel: 1, Log: slog.New(slog.DiscardHandler), Listen: func(c change.Change) { told <- c }})
	if err != nil {
		t.Fatal(err)
	}
	if r, happened, err := d.Recovered(); err != nil || !happened || r.SetAside == "" || r.From != "" {
		t.Errorf("%+v, %v, %v", r, happened, err)
	}
	for len(told) > 0 {
		<-told
	}
	if err := d.ForgetRecovered(); err != nil {
		t.Fatal(err)
	}
	if c := <-told; c.Kind != change.State {
		t.Errorf("told %+v", c)
	}
	if r, happened, err := d.Recovered(); err != nil || happened {
		t.Errorf("%+v, %v", r, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}
