package desk_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/transfer"
	"handover/app/internal/uploads"
	"handover/backend/order"
)

func TestTransfersAcrossOrders(t *testing.T) {
	s := newSeller(t)
	soon := s.place(t, "Photos", time.Minute)
	d := s.open(t, background)
	if _, err := d.Orders.All(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.Uploads.Pause("", ""); err != nil {
		t.Fatal(err)
	}
	big, _ := s.file(t, "big.mov", 2000)
	small, _ := s.file(t, "small.txt", 10)
	gone, _ := s.file(t, "gone.txt", 10)
	s.attach(t, d, big, small)
	if _, _, err := d.Attach(t.Context(), soon.ID, []string{gone, big}); err != nil {
		t.Fatal(err)
	}
	if err := d.Uploads.MoveToFront(s.order, "big.mov"); err != nil {
		t.Fatal(err)
	}
	row := func(id, title, path string, size int64, state transfer.State, file draft.State) uploads.Transfer {
		return uploads.Transfer{Order: id, Title: title, Path: path, Size: size, State: state, File: file, Left: -1}
	}
	want := uploads.Transfers{Paused: true, Total: 4020, Left: -1, List: []uploads.Transfer{
		row(s.order, "Film", "big.mov", 2000, transfer.Paused, draft.Queued),
		row(soon.ID, "Photos", "gone.txt", 10, transfer.Paused, draft.Queued),
		row(soon.ID, "Photos", "big.mov", 2000, transfer.Paused, draft.Queued),
		row(s.order, "Film", "small.txt", 10, transfer.Paused, draft.Queued),
	}}
	got, err := d.Uploads.Transfers()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(uploads.Transfers{}, "Speed")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wantCode(t, d.Uploads.Resume(s.order, ""), string(order.Conflict)) // all are paused

	// What is resumed goes; what cannot be sent is last, with its reason.
	if err := d.Uploads.Resume("", ""); err != nil {
		t.Fatal(err)
	}
	until(t, "all arrived", func() bool {
		got, err := d.Uploads.Transfers()
		if err != nil {
			t.Fatal(err)
		}
		return len(got.List) == 0 && !got.Paused && got.Left == -1
	})
}

func TestPauseAndResumeOneOrder(t *testing.T) {
	s := newSeller(t)
	d := s.open(t)
	p, sum := s.file(t, "film.mov", 3<<20)
	s.attach(t, d, p)
	if _, err := d.Describe(s.order, "Done."); err != nil {
		t.Fatal(err)
	}
	if err := d.Uploads.Pause(s.order, ""); err != nil {
		t.Fatal(err)
	}
	_, err := d.Delivery.Deliver(t.Context(), s.order, false)
	wantCode(t, err, problem.CodePaused)
	if err := d.Uploads.Resume(s.order, ""); err != nil {
		t.Fatal(err)
	}
	if err := d.Uploads.SetLimits(uploads.Limits{Up: 500_000}); err != nil {
		t.Fatal(err)
	}
	delivered := make(chan error, 1)
	go func() { _, err := d.Delivery.Deliver(t.Context(), s.order, false); delivered <- err }()
	until(t, "some was sent", func() bool { return sent(t, d) > 0 })

	// Another program pauses, and this one follows.
	other := uploads.NewControls(s.home)
	if _, err := other.Pause(s.order, "film.mov"); err != nil {
		t.Fatal(err)
	}
	until(t, "it is paused", func() bool {
		dr, err := d.Draft(s.order)
		return err == nil && dr.Files[0].State == draft.Queued && d.Uploads.Progress(dr).Paused
	})
	if list, err := d.Uploads.Transfers(); err != nil || len(list.List) != 1 || list.List[0].State != transfer.Paused {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := other.Resume(s.order, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := other.SetLimits(uploads.Limits{}); err != nil {
		t.Fatal(err)
	}
	if err := <-delivered; err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"film.mov": sum}, s.downloaded(t, 1)); diff != "" {
		t.Error(diff)
	}
}

// What is set stays over a restart, and goes with the draft it is about.
func TestSettingsStay(t *testing.T) {
	s := newSeller(t)
	d := s.open(t)
	p, _ := s.file(t, "film.mov", 1000)
	s.attach(t, d, p)
	want := uploads.Limits{Up: 1_000_000, Parallel: 5, Schedule: []transfer.Span{{From: 540, To: 1080, Up: 100_000}}, Yield: true, PauseMetered: true}
	for _, err := range []error{d.Uploads.SetLimits(want), d.Uploads.Pause(s.order, "film.mov"), d.Uploads.Pause(s.order, ""), d.Uploads.MoveToFront(s.order, "film.mov"), d.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	d = s.open(t)
	if got, err := d.Uploads.Limits(); err != nil || !cmp.Equal(want, got) {
		t.Errorf("%+v, %v", got, err)
	}
	settings, err := uploads.NewControls(s.home).Settings()
	if err != nil || !settings.Holds(transfer.Item{Group: s.order, Name: "film.mov"}) || len(settings.First) != 1 {
		t.Errorf("%+v, %v", settings, err)
	}
	if _, err := d.Discard(s.order); err != nil {
		t.Fatal(err)
	}
	settings, err = uploads.NewControls(s.home).Settings()
	if err != nil || len(settings.PausedGroups)+len(settings.PausedItems)+len(settings.First) != 0 || settings.Up != want.Up {
		t.Errorf("after the draft is gone: %+v, %v", settings, err)
	}
	wantCode(t, d.Uploads.SetLimits(uploads.Limits{Up: 5}), string(order.Invalid))
	wantCode(t, d.Uploads.SetLimits(uploads.Limits{Parallel: 99}), string(order.Invalid))
}

// The program goes in the middle of an upload. The next one sends only the
// rest.
func TestRestartGoesOn(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	if err := d.Uploads.SetLimits(uploads.Limits{Up: 1_000_000}); err != nil {
		t.Fatal(err)
	}
	p, sum := s.file(t, "film.mov", 6<<20)
	s.attach(t, d, p)
	until(t, "some was sent", func() bool { return sent(t, d) > 1<<20 })
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = s.open(t) // in the foreground: nothing starts by itself
	dr, err := d.Draft(s.order)
	if err != nil {
		t.Fatal(err)
	}
	want := draft.File{Path: "film.mov", Source: p, Size: 6 << 20, State: draft.Queued}
	if diff := cmp.Diff(want, dr.Files[0], cmpopts.IgnoreFields(draft.File{}, "Upload", "Identity", "Resume")); diff != "" || dr.Files[0].Upload == "" {
		t.Errorf("after the restart: %s", diff)
	}
	before := dr.Files[0].Upload
	if err := d.Uploads.SetLimits(uploads.Limits{}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Describe(s.order, "Done."); err != nil {
		t.Fatal(err)
	}
	o, err := d.Delivery.Deliver(t.Context(), s.order, false)
	if err != nil {
		t.Fatal(err)
	}
	if o.Deliveries[0].Files[0].ID != before {
		t.Error("the file was sent from its beginning")
	}
	if diff := cmp.Diff(map[string]string{"film.mov": sum}, s.downloaded(t, 1)); diff != "" {
		t.Error(diff)
	}
}

func TestAttachAndDetach(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, background)
	_, first := s.file(t, "Film/a.mov", 1000)
	s.file(t, "Film/b/c.txt", 10)
	s.file(t, "Film/.DS_Store", 10)
	other, _ := s.file(t, "elsewhere/a.mov", 30)
	big, _ := s.file(t, "big.mov", 20<<20+1)
	s.attach(t, d, filepath.Join(s.work, "Film"), filepath.Join(s.work, "Film", "a.mov"))
	dr, refused, err := d.Attach(t.Context(), s.order, []string{other, big, filepath.Join(s.work, "nothing"), filepath.Join(s.work, "Film")})
	if err != nil {
		t.Fatal(err)
	}
	var paths, codes []string
	for _, f := range dr.Files {
		paths = append(paths, f.Path)
	}
	for _, r := range refused {
		codes = append(codes, r.Err.Code)
	}
	if diff := cmp.Diff([]string{"Film/a.mov", "Film/b/c.txt", "a (2).mov", "a.mov"}, paths); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{string(order.TooLarge), problem.CodeFileMissing}, codes); diff != "" {
		t.Error(diff)
	}
	until(t, "all arrived", func() bool {
		dr, err = d.Draft(s.order)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range dr.Files {
			if f.State != draft.Verified {
				return false
			}
		}
		return true
	})
	if dr.Files[0].SHA256 != first {
		t.Errorf("the digest is %s, the file's %s", dr.Files[0].SHA256, first)
	}
	if dr, err = d.Detach(s.order, "Film"); err != nil || len(dr.Files) != 2 {
		t.Errorf("%d files stay, %v", len(dr.Files), err)
	}
	_, err = d.Detach(s.order, "Film/a.mov")
	wantCode(t, err, string(order.NotFound))
	_, err = d.Detach(s.order, "a")
	wantCode(t, err, string(order.NotFound))
}
