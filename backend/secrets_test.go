package backend_test

import (
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handover/backend"
)

// What opens doors is never logged, in either form of the log: not by requests
// that succeed, nor by those that are refused or fail.
func TestLogHoldsNoSecret(t *testing.T) {
	for name, form := range map[string]func(io.Writer, *slog.HandlerOptions) slog.Handler{
		"text": func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewTextHandler(w, o) },
		"json": func(w io.Writer, o *slog.HandlerOptions) slog.Handler { return slog.NewJSONHandler(w, o) },
	} {
		t.Run(name, func(t *testing.T) {
			log := &journal{}
			s := newSite(t, func(c *backend.Config) { c.Log = slog.New(form(log, &slog.HandlerOptions{Level: slog.LevelDebug})) })
			s.log = log
			logsNoSecret(t, s)
		})
	}
}

func logsNoSecret(t *testing.T, s *site) {
	p := s.order(delivered)
	v := s.share(p)
	ended := s.share(p)
	s.endSharing(p, ended)
	const guess = "guessed-password-1"
	s.openLink(p.buyer)
	s.openLink(p.buyer + "x")
	for _, view := range []shown{v, ended} {
		s.openView(view)
		s.openView(view, "Referer", s.URL()+"/review/look/"+view.token)
		s.send(request{method: "POST", path: p.path("/accept"), as: view.token})
		s.send(request{method: "GET", path: p.path(""), header: []string{"Cookie", view.cookie}})
	}
	s.send(request{method: "POST", path: "/api/v1/session", body: `{"email":"eva@example.org","password":"` + guess + `"}`})
	s.send(request{method: "POST", path: "/api/v1/session", body: `{"email":"eva@example.org","password":"` + guess})
	s.send(request{method: "GET", path: "/api/v1/orders", as: s.eva + "x"})
	s.send(request{method: "GET", path: "/api/v1/nothing?token=" + p.buyer, as: s.eva})
	s.clock.pass(time.Hour) // whoever mistyped may have to wait
	session := s.signIn("eva@example.org")
	s.send(request{method: "DELETE", path: "/api/v1/session", as: session})
	s.upload(s.eva, p.id, "b.txt", content)
	a := s.withoutFiles(request{method: "GET", path: p.filePath("1", p.file.ID), as: p.buyer})
	a.refused(t, http.StatusInternalServerError, "internal")
	text := s.log.String()
	if !strings.Contains(text, "request failed") || !strings.Contains(text, p.file.ID) {
		t.Errorf("the log does not say why a request failed:\n%s", text)
	}
	for name, secret := range map[string]string{
		"a password": password, "a wrong password": guess, "eva's token": s.eva, "otto's token": s.otto, "a buyer's token": p.buyer, "an ended token": session,
		"a viewer's token": v.token, "an ended viewer's token": ended.token,
	} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %s:\n%s", name, text)
		}
	}
}

// Whoever gets hold of the data, of a backup for one, cannot sign in with it.
func TestDataHoldsNoSecret(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	v := s.share(p)
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	seen := false
	err := filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		for name, secret := range map[string]string{"a password": password, "a seller's token": s.eva, "a buyer's token": p.buyer, "a viewer's token": v.token} {
			if strings.Contains(string(raw), secret) {
				t.Errorf("%s holds %s", path, name)
			}
		}
		seen = seen || strings.Contains(string(raw), p.id)
		return err
	})
	if err != nil || !seen {
		t.Errorf("looking for secrets: %v; the order was seen: %t", err, seen)
	}
}

// withoutFiles sends a request while the uploaded files are gone.
func (s *site) withoutFiles(r request) answer {
	s.Helper()
	files, away := filepath.Join(s.dir, "uploads"), filepath.Join(s.dir, "away")
	if err := os.Rename(files, away); err != nil {
		s.Fatal(err)
	}
	defer func() {
		if err := os.Rename(away, files); err != nil {
			s.Error(err)
		}
	}()
	return s.send(r)
}

// A fault is told without what it says of the server, whose log has it.
func TestFaultIsToldWithoutDetails(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	for _, as := range []string{p.buyer, s.eva} {
		a := s.withoutFiles(request{method: "GET", path: p.filePath("1", p.file.ID), as: as})
		a.refused(t, http.StatusInternalServerError, "internal")
		if strings.Contains(string(a.raw), s.dir) || strings.Contains(string(a.raw), p.file.ID) || a.Header.Get("ETag") != "" {
			t.Errorf("the answer says too much: %v %s", a.Header, a.raw)
		}
	}
	if a := s.send(request{method: "GET", path: p.filePath("1", p.file.ID), as: p.buyer}); string(a.raw) != content {
		t.Errorf("with the files back the answer is %s %s", a.Status, a.raw)
	}
}
