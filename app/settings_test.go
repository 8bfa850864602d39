package app_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"handover/app"
	"handover/app/internal/problem"
	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// folderWindow is a window whose seller chooses a folder.
type folderWindow struct {
	window
	folder string // "" for a seller who cancels
}

func (c *folderWindow) OpenFolder() ([]string, error) {
	if c.folder == "" {
		return nil, nil
	}
	return []string{c.folder}, nil
}

// settled is a window that is signed in to a real server with one order.
type settled struct {
	app.Bound
	window   *folderWindow
	revealed []string
	home     string
	order    string
	server   string
}

func signIn(t *testing.T) *settled {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	server, err := backend.StartLocal(backend.Config{Dir: t.TempDir(), Policy: order.DefaultPolicy(), Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if report, err := server.Check(context.Background()); err != nil || len(report.Problems) > 0 {
			t.Errorf("the server's data: %v, %v", report.Problems, err)
		}
		if err := server.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if _, err := server.AddUser(t.Context(), api.NewUser{Email: "eva@example.org", Name: "Eva", Password: "a long password"}); err != nil {
		t.Fatal(err)
	}
	placed, err := server.AddOrder(t.Context(), "eva@example.org", api.NewOrder{
		Title: "Film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: time.Now().Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &settled{window: &folderWindow{}, home: t.TempDir(), order: placed.ID, server: server.URL()}
	program := app.New(app.Options{
		Home: s.home, Version: "test", Log: app.NewLog(s.home),
		OpenFolder: func(_ context.Context, dir string) (func() error, error) {
			s.revealed = append(s.revealed, dir)
			return func() error { return nil }, nil
		},
	})
	program.Start(s.window)
	t.Cleanup(program.Stop)
	s.Bound = program.Bound()
	if _, err := s.App.SignIn(server.URL(), "eva@example.org", "a long password", false); err != nil {
		t.Fatal(err)
	}
	return s
}

// onServer returns the account from the server.
func (s *settled) onServer(t *testing.T) api.Account {
	t.Helper()
	client := must[*api.Client](t)(api.NewClient(s.server, "", http.DefaultTransport))
	session := must[api.Session](t)(client.SignIn(t.Context(), "eva@example.org", "a long password"))
	return must[api.Account](t)(must[*api.Client](t)(api.NewClient(s.server, session.Token, http.DefaultTransport)).Account(t.Context()))
}

func code(err error) string {
	if e := problem.Explain(err); e != nil {
		return e.Code
	}
	return ""
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 20 seconds", what)
		}
	}
}

func TestWorkFolder(t *testing.T) {
	s := signIn(t)
	if w := must[app.WorkFolder](t)(s.Folder.Status()); w.Enabled || w.Asked || w.Problems == nil {
		t.Errorf("at first: %+v", w)
	}
	if !must[app.State](t)(s.App.State()).AskFolder {
		t.Error("the seller is not asked")
	}
	if w := must[app.WorkFolder](t)(s.Folder.Skip()); w.Enabled || !w.Asked {
		t.Errorf("skipped: %+v", w)
	}
	if must[app.State](t)(s.App.State()).AskFolder {
		t.Error("the seller is asked again")
	}
	if dir := must[string](t)(s.Folder.Choose()); dir != "" {
		t.Errorf("chose %q though the seller cancelled", dir)
	}
	s.window.folder = s.home
	if _, err := s.Folder.Choose(); code(err) != problem.CodeFolderInData {
		t.Errorf("chose the program's data: %v", err)
	}
	above := t.TempDir()
	s.window.folder = above
	if dir := must[string](t)(s.Folder.Choose()); dir != above {
		t.Errorf("chose %s", dir)
	}
	if err := os.WriteFile(filepath.Join(above, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := must[string](t)(s.Folder.Choose())
	if dir != filepath.Join(above, "Handover") {
		t.Fatalf("chose %s", dir)
	}
	if w := must[app.WorkFolder](t)(s.Folder.Enable(dir, false)); !w.Enabled || !w.Watched || !w.There || w.Folder != dir {
		t.Errorf("turned on: %+v", w)
	}
	var folder app.OrderFolder
	until(t, "the order has a folder", func() bool {
		folder = must[app.OrderFolder](t)(s.Folder.OfOrder(s.order))
		return folder.Dir != ""
	})

	for name, text := range map[string]string{"a.txt": "a", "WIP/b.mov": "b", ".DS_Store": "", "c.psd": "c"} {
		path := filepath.Join(folder.Dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if r := must[app.IgnoreRules](t)(s.Folder.SaveRules("", "*.psd\n[")); len(r.Faults) != 1 || r.Faults[0].Line != 2 {
		t.Errorf("faults: %+v", r.Faults)
	}
	must[app.IgnoreRules](t)(s.Folder.SaveRules("", "*.psd\n"))
	if r := must[app.IgnoreRules](t)(s.Folder.Rules()); r.Text != "*.psd\n" || r.Faults == nil || len(r.BuiltIns) != 8 {
		t.Errorf("rules: %+v", r)
	}
	wip, psd := filepath.Join(folder.Dir, "WIP"), filepath.Join(folder.Dir, "c.psd")
	want := []app.LeftOut{
		{Path: "WIP", Reason: "unfinished", Folder: true, Files: 1, Source: wip},
		{Path: "c.psd", Reason: "rule", Detail: "*.psd", Source: psd},
	}
	until(t, "it says what stays out", func() bool {
		return slices.Equal(must[app.OrderFolder](t)(s.Folder.OfOrder(s.order)).LeftOut, want)
	})
	until(t, "the draft says where its file comes from", func() bool {
		files := must[app.OrderPage](t)(s.Orders.Order(s.order)).Draft.Files
		return len(files) == 1 && files[0].Path == "a.txt" && files[0].InFolder
	})
	if _, err := s.Drafts.Detach(s.order, "a.txt"); code(err) != "conflict" {
		t.Errorf("took it out of the draft: %v", err)
	}
	taken := must[app.Attached](t)(s.Drafts.TakeLeftOut(s.order, []string{wip}))
	if len(taken.Draft.Files) != 2 || taken.Draft.Files[0].Path != "WIP/b.mov" {
		t.Errorf("took %+v", taken.Draft.Files)
	}
	if left := must[app.OrderFolder](t)(s.Folder.OfOrder(s.order)).LeftOut; !slices.Equal(left, want[1:]) {
		t.Errorf("left out %+v", left)
	}

	// A secret is refused at first, and keeps its place in its folder when it is taken.
	site := filepath.Join(t.TempDir(), "site")
	env := filepath.Join(site, ".env")
	if err := errors.Join(os.MkdirAll(site, 0o700), os.WriteFile(env, []byte("PASSWORD=x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if asked := must[app.Attached](t)(s.Drafts.Attach(s.order, []string{site})); len(asked.Refused) != 1 || asked.Refused[0].Problem.Code != problem.CodeSecret {
		t.Errorf("attached a secret: %+v", asked.Refused)
	}
	taken = must[app.Attached](t)(s.Drafts.TakeLeftOut(s.order, []string{env}))
	if !slices.ContainsFunc(taken.Draft.Files, func(f app.DraftFile) bool { return f.Path == "site/.env" }) {
		t.Errorf("took %+v", taken.Draft.Files)
	}

	s.window.folder = t.TempDir()
	moved := must[app.WorkFolder](t)(s.Folder.Move())
	if moved.Folder != s.window.folder || moved.Move.To != "" {
		t.Errorf("moved: %+v", moved)
	}
	must[app.WorkFolder](t)(s.Folder.CancelMove()) // nothing to stop
	if err := errors.Join(s.Folder.Open(""), s.Folder.Open(s.order)); err != nil {
		t.Error(err)
	}
	if want := []string{moved.Folder, filepath.Join(moved.Folder, "Film")}; !slices.Equal(s.revealed, want) {
		t.Errorf("showed %v, want %v", s.revealed, want)
	}
	if err := s.Folder.Open("other"); code(err) != problem.CodeFolderGone {
		t.Errorf("showed the folder of no order: %v", err)
	}
	if w := must[app.WorkFolder](t)(s.Folder.Disable()); w.Enabled || w.Watched || !w.There {
		t.Errorf("turned off: %+v", w)
	}
}

func TestAccountAndAbout(t *testing.T) {
	s := signIn(t)
	if a := must[app.Account](t)(s.App.Account()); a.Name != "Eva" || a.Email != "eva@example.org" {
		t.Errorf("%+v", a)
	}
	if a := must[app.Account](t)(s.App.ChangeLanguage("de")); a.Language != "de" {
		t.Errorf("%+v", a)
	}
	if _, err := s.App.ChangeLanguage("xx"); err == nil {
		t.Error("e-mails in no language")
	}
	for _, zone := range []string{"Europe/Berlin", "Europe/Berlin", "Pacific/Kiritimati"} {
		if err := s.App.NoteTimeZone(zone); err != nil {
			t.Error(err)
		}
		if got := s.onServer(t).TimeZone; got != zone {
			t.Errorf("the server writes in the zone %q, want %q", got, zone)
		}
	}
	if err := s.App.NoteTimeZone("Atlantis"); err == nil {
		t.Error("e-mails with the times of no place")
	}
	if err := s.App.ChangePassword("wrong", "another long password"); code(err) != "wrong_password" {
		t.Errorf("with a wrong password: %v", err)
	}
	if err := s.App.ChangePassword("a long password", "another long password"); err != nil {
		t.Error(err)
	}
	about := must[app.About](t)(s.App.About())
	if about.Version != "test" || about.ServerVersion != backend.Version {
		t.Errorf("%+v", about)
	}
	if err := s.App.OpenLogs(); err != nil || !slices.Equal(s.revealed, []string{about.Logs}) {
		t.Errorf("showed %v: %v", s.revealed, err)
	}
	log, err := os.ReadFile(filepath.Join(about.Logs, "handover.log"))
	if err != nil || !strings.Contains(string(log), "the window opens") {
		t.Errorf("the log: %q, %v", log, err)
	}
	for _, secret := range []string{"a long password", "another long password"} {
		if strings.Contains(string(log), secret) {
			t.Error("the log has a password")
		}
	}
}
