package draft_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"handover/app/internal/draft"
)

// take returns the abandoned uploads that are to be deleted now.
func take(t *testing.T, s *draft.Store) []string {
	t.Helper()
	b, err := s.TakeAbandoned("", "", time.Now(), 100)
	if err != nil {
		t.Fatal(err)
	}
	return b.Uploads
}

func sent(path, upload string) draft.File {
	return draft.File{Path: path, Source: "/" + path, Size: 9, State: draft.Verified, SHA256: "s", Upload: upload, Identity: "i"}
}

// Every way in which a draft stops naming an upload has it deleted.
func TestAbandoned(t *testing.T) {
	past := time.Time{}
	for name, c := range map[string]struct {
		act  func(*draft.Store) error
		want []string
	}{
		"removed": {func(s *draft.Store) error {
			_, err := s.RemoveFiles("1", []string{"a", "absent"}, past)
			return err
		}, []string{"ua"}},
		"draft deleted": {func(s *draft.Store) error { return s.Delete("1") }, []string{"p1", "p2", "ua", "ub"}},
		"replaced": {func(s *draft.Store) error {
			_, err := s.PutFiles("1", []draft.File{{Path: "a", Source: "/a", Size: 3, State: draft.Problem}})
			return err
		}, []string{"ua"}},
		"forgotten": {func(s *draft.Store) error {
			_, err := s.UpdateFile("1", "c", (*draft.File).Forget)
			return err
		}, []string{"p1", "p2"}},
		"parts that became an upload": {func(s *draft.Store) error {
			_, err := s.UpdateFile("1", "c", func(f *draft.File) { f.Upload, f.Parts = "uc", "" })
			return err
		}, nil},
		"kept": {func(s *draft.Store) error {
			_, err := s.UpdateFile("1", "a", func(f *draft.File) { f.State = draft.Settling })
			return err
		}, nil},
		"never named": {func(s *draft.Store) error { return s.Abandon("un") }, []string{"un"}},
		"an earlier delivery's": {func(s *draft.Store) error {
			_, err := s.RemoveFiles("1", []string{"d"}, past)
			return err
		}, nil},
		"to be undone": {func(s *draft.Store) error {
			_, err := s.RemoveFiles("1", []string{"a"}, time.Now().Add(time.Hour))
			return err
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, filepath.Join(t.TempDir(), "drafts.db"))
			if _, err := s.PutFiles("1", []draft.File{
				sent("a", "ua"), sent("b", "ub"),
				{Path: "c", Source: "/c", Size: 7, State: draft.Problem, Parts: "p1 p2", Identity: "i", Resume: "r"},
				{Path: "d", Size: 5, State: draft.Verified, Origin: draft.FromDelivery, Upload: "ud"},
			}); err != nil {
				t.Fatal(err)
			}
			if err := c.act(s); err != nil {
				t.Fatal(err)
			}
			if got := take(t, s); !slices.Equal(got, c.want) {
				t.Errorf("to be deleted: %v, want %v", got, c.want)
			}
		})
	}
}

// An upload that a draft takes up again leaves the list, unless the server may
// have been asked to delete it: then the file is sent again.
func TestAbandonedAndTakenUp(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "drafts.db"))
	a, b := sent("a", "ua"), sent("b", "ub")
	if _, err := s.PutFiles("1", []draft.File{a, b}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RemoveFiles("1", []string{"a"}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutFiles("1", []draft.File{a}); err != nil {
		t.Fatal(err)
	}
	if got := take(t, s); len(got) != 0 {
		t.Errorf("%v is to be deleted although the draft has it", got)
	}
	if _, err := s.RemoveFiles("1", []string{"b"}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if got := take(t, s); !slices.Equal(got, []string{"ub"}) {
		t.Fatalf("to be deleted: %v", got)
	}
	dr, err := s.PutFiles("1", []draft.File{b})
	if err != nil || dr.Files[0].Upload != "ua" || dr.Files[1].Upload != "" || dr.Files[1].State != draft.Queued || dr.Files[1].SHA256 != "" {
		t.Errorf("%+v, %v", dr.Files, err)
	}
	if got := take(t, s); !slices.Equal(got, []string{"ub"}) {
		t.Errorf("to be deleted: %v", got)
	}
}

// Content stays while a file of its size waits to be sent, which may share it.
func TestAbandonedContentMayBeShared(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "drafts.db"))
	if _, err := s.PutFiles("1", []draft.File{sent("a", "ua")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutFiles("2", []draft.File{{Path: "new", Source: "/new", Size: 9, State: draft.Queued}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete("1"); err != nil {
		t.Fatal(err)
	}
	if b, err := s.TakeAbandoned("", "", time.Now(), 100); err != nil || len(b.Uploads) != 0 || !b.Later {
		t.Errorf("%+v, %v", b, err)
	}
	if _, err := s.UpdateFile("2", "new", func(f *draft.File) { f.State = draft.Verified }); err != nil {
		t.Fatal(err)
	}
	if got := take(t, s); !slices.Equal(got, []string{"ua"}) {
		t.Errorf("to be deleted: %v", got)
	}
}

// Uploads of an account wait until it is signed in again, and the list comes in
// batches.
func TestAbandonedByAccount(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "drafts.db"))
	s.SetAccount("eva")
	for _, id := range []string{"u1", "u2", "u3"} {
		if err := s.Abandon(id); err != nil {
			t.Fatal(err)
		}
	}
	if got := take(t, s); len(got) != 0 {
		t.Errorf("%v is another account's", got)
	}
	var got []string
	for after := ""; ; {
		b, err := s.TakeAbandoned("eva", after, time.Now(), 2)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, b.Uploads...)
		if after = b.Last; after == "" {
			break
		}
	}
	if !slices.Equal(got, []string{"u1", "u2", "u3"}) {
		t.Errorf("to be deleted: %v", got)
	}
}
