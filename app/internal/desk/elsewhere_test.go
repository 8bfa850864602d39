package desk_test

import (
	"path/filepath"
	"testing"

	"handover/app/internal/desk"
	"handover/app/internal/problem"
)

// A second computer knows that a delivery is being prepared on the first, and
// does not deliver half of it.
func TestADraftElsewhere(t *testing.T) {
	s := newSeller(t)
	laptop := s.open(t, background)
	path, _ := s.file(t, "a.txt", 100)
	s.attach(t, laptop, path)
	studio := s.open(t, background, func(o *desk.Options) { o.Home = filepath.Join(t.TempDir(), "studio") })
	if err := studio.Session.SignIn(t.Context(), s.at, s.user.Email, s.user.Password, false); err != nil {
		t.Fatal(err)
	}
	elsewhere := func(d *desk.Desk) int {
		t.Helper()
		if _, _, _, err := d.Orders.Refresh(t.Context(), s.order); err != nil {
			t.Fatal(err)
		}
		notes, err := d.Presence.Elsewhere(s.order)
		if err != nil {
			t.Fatal(err)
		}
		files := 0
		for _, n := range notes {
			files += n.Files
		}
		return files
	}
	until(t, "the studio knows of the laptop's draft", func() bool { return elsewhere(studio) == 1 })
	if n := elsewhere(laptop); n != 0 {
		t.Errorf("the laptop knows of a draft with %d files elsewhere", n)
	}
	if _, err := studio.Describe(s.order, "Half of it."); err != nil {
		t.Fatal(err)
	}
	_, err := studio.Delivery.DeliverAndWait(t.Context(), s.order, false)
	if code := problem.Explain(err).Code; code != "no_files" && code != problem.CodeElsewhere {
		t.Errorf("delivering half of it: %v", err)
	}
	if _, err := studio.AttachLink(s.order, "https://example.org/film", ""); err != nil {
		t.Fatal(err)
	}
	_, err = studio.Delivery.DeliverAndWait(t.Context(), s.order, false)
	wantCode(t, err, problem.CodeElsewhere)
	if _, err := laptop.Describe(s.order, "All of it."); err != nil {
		t.Fatal(err)
	}
	if _, err := laptop.Delivery.DeliverAndWait(t.Context(), s.order, false); err != nil {
		t.Fatal(err)
	}
	until(t, "the studio knows that nothing is prepared there", func() bool { return elsewhere(studio) == 0 })
}

// A short command tells the server before it ends, and what the server missed
// is told the next time.
func TestADraftIsToldBeforeTheDeskCloses(t *testing.T) {
	s := newSeller(t)
	d := s.open(t)
	path, _ := s.file(t, "a.txt", 100)
	s.attach(t, d, path)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	other := s.open(t, func(o *desk.Options) { o.Home = filepath.Join(t.TempDir(), "other") })
	if err := other.Session.SignIn(t.Context(), s.at, s.user.Email, s.user.Password, false); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := other.Orders.Refresh(t.Context(), s.order); err != nil {
		t.Fatal(err)
	}
	notes, err := other.Presence.Elsewhere(s.order)
	if err != nil || len(notes) != 1 || notes[0].Files != 1 || notes[0].Name == "" {
		t.Errorf("elsewhere: %+v, %v", notes, err)
	}
}
