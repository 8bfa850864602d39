package draft_test

import (
	"path/filepath"
	"slices"
	"testing"

	"handover/app/internal/draft"
	"handover/backend/api"
)

// What belongs to the work folder survives: the file is not taken for damaged.
func TestFolderRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	s, err := draft.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	put := func(_ draft.Draft, _ []draft.Delivered) draft.Plan {
		return draft.Plan{Put: []draft.File{
			{Path: "a", Origin: draft.FromFolder, Upload: "u1", Identity: "i1", State: draft.Verified},
			{Path: "b", Origin: draft.FromFolder, Upload: "u2", Identity: "i2", State: draft.Verified},
		}}
	}
	if _, err := s.Reconcile("o1", put); err != nil {
		t.Fatal(err)
	}
	remove := func(draft.Draft, []draft.Delivered) draft.Plan { return draft.Plan{Remove: []string{"a", "absent"}} }
	if p, err := s.Foresee("o1", remove); err != nil || len(p.Remove) != 2 {
		t.Errorf("foreseen: %+v, %v", p, err)
	}
	if _, err := s.Reconcile("o1", remove); err != nil {
		t.Fatal(err)
	}
	if err := s.PutDigest("i1", "abc"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = draft.Open(path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if r, happened, err := s.Recovered(); happened || err != nil {
		t.Errorf("taken for damaged: %+v, %v", r, err)
	}
	if sum, err := s.Digest("i1"); err != nil || sum != "abc" {
		t.Errorf("digest %q, %v", sum, err)
	}
	if sum, err := s.Digest("i2"); err != nil || sum != "" {
		t.Errorf("digest %q of what is not known, %v", sum, err)
	}
	if got := take(t, s); !slices.Equal(got, []string{"u1"}) {
		t.Errorf("abandoned %v", got)
	}
	if err := s.ForgetAbandoned([]string{"u1"}); err != nil {
		t.Fatal(err)
	}
	if got := take(t, s); len(got) != 0 {
		t.Errorf("abandoned %v", got)
	}

	// A delivery remembers what of the folder it has, and leaves what is not in it.
	describe(t, s, "o1", "The first cut")
	sent := api.NewDelivery{Description: "The first cut", Files: []api.DeliveredFile{{Path: "b", Upload: "u2"}}}
	if _, err := s.Update("o1", func(d *draft.Draft) { d.Submission = &draft.Submission{Key: "k1"} }); err != nil {
		t.Fatal(err)
	}
	for _, first := range []bool{true, false} { // two answers report one delivery
		if ended, err := s.Complete("o1", "k1", sent, func(draft.Draft) bool { return false }); ended != first || err != nil {
			t.Fatalf("ended %v, %v", ended, err)
		}
	}
	seen := func(d draft.Draft, delivered []draft.Delivered) draft.Plan {
		if d.Description != "" || len(d.Files) != 1 || len(delivered) != 1 || delivered[0] != (draft.Delivered{Path: "b", Identity: "i2"}) {
			t.Errorf("%q with %d files, delivered %+v", d.Description, len(d.Files), delivered)
		}
		return draft.Plan{Remove: []string{"b"}}
	}
	if _, err := s.Reconcile("o1", seen); err != nil {
		t.Fatal(err)
	}
	if ids, err := s.Drafts(); err != nil || len(ids) != 0 {
		t.Errorf("an empty draft stays: %v, %v", ids, err)
	}
}
