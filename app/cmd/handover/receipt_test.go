package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/commandline"
	"handover/backend/order"
	"handover/backend/receipt"
)

// counter is a server with a delivered order, and the command line of its
// seller.
type counter struct {
	*testing.T
	*backend.Server
	home, work, id string
	buyer          string // the token of the order's link
}

func openCounter(t *testing.T) *counter {
	t.Helper()
	server, err := backend.StartLocal(backend.Config{Dir: t.TempDir(), Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := server.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	c := &counter{T: t, Server: server, home: t.TempDir(), work: t.TempDir()}
	if _, err := server.AddUser(t.Context(), api.NewUser{Email: "eva@example.org", Name: "Eva Editor", Password: "a long password"}); err != nil {
		t.Fatal(err)
	}
	o, err := server.AddOrder(t.Context(), "eva@example.org", api.NewOrder{
		Title: "=Wedding film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: time.Now().Add(72 * time.Hour),
		Price: &api.Price{Amount: "480.00", Currency: "EUR"},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.id, c.buyer = o.ID, path.Base(o.ReviewURL)
	c.write("film.mov", "a film")
	c.write("Fotos/a.jpg", "a photo")
	c.ok("login", server.URL(), "--email", "eva@example.org", "--password-file", c.write("password", "a long password\n"))
	c.ok("deliver", c.id, filepath.Join(c.work, "film.mov"), filepath.Join(c.work, "Fotos"), "--message", "The film.", "--quiet")
	return c
}

func (c *counter) write(name, content string) string {
	c.Helper()
	path := filepath.Join(c.work, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		c.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		c.Fatal(err)
	}
	return path
}

func (c *counter) run(args ...string) (status int, out, errs string) {
	c.Helper()
	var stdout, stderr bytes.Buffer
	status = commandline.Main("handover", "", backend.Version, &grammar{}, append([]string{"--home", c.home}, args...),
		commandline.Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr}, code)
	return status, stdout.String(), stderr.String()
}

func (c *counter) ok(args ...string) string {
	c.Helper()
	status, out, errs := c.run(args...)
	if status != 0 {
		c.Fatalf("%q: status %d\n%s%s", args, status, out, errs)
	}
	return out
}

// fails runs the command, which must end with the status and say all of want.
func (c *counter) fails(status int, want string, args ...string) {
	c.Helper()
	got, out, errs := c.run(args...)
	if got != status || !strings.Contains(errs, "error: ") || !strings.Contains(errs+out, want) {
		c.Errorf("%q: status %d, want %d and %q\n%s%s", args, got, status, want, out, errs)
	}
}

func TestReceiptsFromTheCommandLine(t *testing.T) {
	c := openCounter(t)
	file := filepath.Join(t.TempDir(), "receipt.json")
	c.ok("receipt", "get", c.id, "1", "--to", file)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if out := c.ok("receipt", "get", c.id, "1"); out != string(raw) {
		t.Error("the receipt on standard output is another")
	}
	_, signer, err := receipt.Verify(raw, nil)
	if err != nil {
		t.Fatal(err)
	}
	key := receipt.EncodeKey(signer)

	out := c.ok("receipt", "verify", file, "--server", c.URL(), "--files", c.work)
	for _, want := range []string{"signed with the key of " + c.URL(), c.id, "Eva Editor", "Bea", "Fotos/a.jpg", "all 2 files are as they were delivered"} {
		if !strings.Contains(out, want) {
			t.Errorf("does not say %q:\n%s", want, out)
		}
	}
	c.ok("receipt", "verify", file, "--key", key)
	c.ok("receipt", "verify", file, "--key", c.write("server.key", key+"\n"))
	told, _ := json.Marshal(api.ServerKey{Key: key})
	c.ok("receipt", "verify", file, "--key", c.write("key.json", string(told)))
	if status, out, errs := c.run("receipt", "verify", file); status != 0 || !strings.Contains(errs, "only the server can tell") || !strings.Contains(out, "with the key in it") {
		t.Errorf("status %d\n%s%s", status, out, errs)
	}

	other := strings.Repeat("A", 43) + "="
	c.fails(1, "signed with another key", "receipt", "verify", file, "--key", other)
	c.fails(1, "altered", "receipt", "verify", c.write("altered", strings.Replace(string(raw), `"payload": "eyJ`, `"payload": "eyK`, 1)))
	c.fails(1, "cut short", "receipt", "verify", c.write("half", string(raw[:len(raw)/2])))
	c.fails(1, "not a delivery receipt", "receipt", "verify", filepath.Join(c.work, "film.mov"))
	c.fails(1, "not a public key", "receipt", "verify", file, "--key", filepath.Join(c.work, "film.mov"))
	c.fails(2, "not a public key", "receipt", "verify", file, "--key", "nonsense")
	c.fails(2, "can't be used together", "receipt", "verify", file, "--key", key, "--server", c.URL())
	c.fails(1, "no such file", "receipt", "verify", filepath.Join(c.work, "none"))
	c.fails(1, "not encrypted", "receipt", "verify", file, "--server", "http://handover.example.org")
	c.fails(1, "there is no such delivery", "receipt", "get", c.id, "2")
}

// unzipped downloads a delivery as the buyer does, and unpacks it.
func (c *counter) unzipped(number int) (dir string) {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), "GET", fmt.Sprintf("%s/api/v1/orders/%s/deliveries/%d/archive.zip", c.URL(), c.id, number), nil)
	if err != nil {
		c.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.buyer)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		c.Fatal(err)
	}
	dir = c.TempDir()
	if err := os.CopyFS(dir, z); err != nil {
		c.Fatal(err)
	}
	return dir
}

// The zip changes names that some system could not have; the files in it are
// those of the receipt all the same.
func TestUnpackedFilesAgainstTheReceipt(t *testing.T) {
	c := openCounter(t)
	dir := t.TempDir()
	for i, name := range []string{"Logo.PNG", "logo.png", "a?.txt", "a*.txt", "CON", "b/c .txt"} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, fmt.Appendf(nil, "content %d", i), 0o600)); err != nil {
			t.Skipf("this system has no such names: %v", err)
		}
	}
	c.ok("deliver", c.id, filepath.Join(dir, "Logo.PNG"), filepath.Join(dir, "logo.png"), filepath.Join(dir, "a?.txt"), filepath.Join(dir, "a*.txt"),
		filepath.Join(dir, "CON"), filepath.Join(dir, "b"), "--message", "Names.", "--quiet")
	file := filepath.Join(t.TempDir(), "receipt.json")
	c.ok("receipt", "get", c.id, "2", "--to", file)
	unpacked := c.unzipped(2)
	verify := []string{"receipt", "verify", file, "--server", c.URL(), "--files", unpacked}
	if out := c.ok(verify...); !strings.Contains(out, "all 6 files are as they were delivered") {
		t.Error(out)
	}
	if err := os.WriteFile(filepath.Join(unpacked, "a_ (2).txt"), []byte("Content"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.fails(1, "1 of 6 files", verify...)
}

func TestFilesAgainstTheReceipt(t *testing.T) {
	c := openCounter(t)
	file := filepath.Join(t.TempDir(), "receipt.json")
	c.ok("receipt", "get", c.id, "1", "--to", file)
	verify := []string{"receipt", "verify", file, "--server", c.URL(), "--files", c.work}

	c.write("a.jpg", "a photo") // as a browser saves it
	if err := os.RemoveAll(filepath.Join(c.work, "Fotos")); err != nil {
		t.Fatal(err)
	}
	c.ok(verify...)
	c.write("film.mov", "a Film")
	c.fails(1, "film.mov: other: its SHA-256 is", verify...)
	c.write("film.mov", "a film and more")
	c.fails(1, "15 bytes here, 6 were delivered", verify...)
	if err := os.Remove(filepath.Join(c.work, "film.mov")); err != nil {
		t.Fatal(err)
	}
	c.fails(1, "film.mov: missing", verify...)
	c.fails(1, "1 of 2 files", verify...)
	if err := os.Mkdir(filepath.Join(c.work, "film.mov"), 0o700); err != nil {
		t.Fatal(err)
	}
	c.fails(1, "film.mov: not a file", verify...)
	outside := filepath.Join(t.TempDir(), "film.mov")
	if err := os.WriteFile(outside, []byte("a film"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(c.work, "film.mov")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(c.work, "film.mov")); err != nil {
		t.Skip("no symbolic links here")
	}
	c.fails(1, "escapes", verify...)
}

// A receipt of somebody else's making cannot steer the terminal, nor lead out
// of the folder.
func TestAHostileReceipt(t *testing.T) {
	c := openCounter(t)
	raw, err := receipt.Sign(receipt.Receipt{
		Order: "o\x1b[2J", Number: 1, Title: "\u202eevil", Seller: "\x07", Files: []receipt.File{{Path: "../password", Size: 16}},
	}, makeKey())
	if err != nil {
		t.Fatal(err)
	}
	inner := filepath.Join(c.work, "inner")
	if err := os.Mkdir(inner, 0o700); err != nil {
		t.Fatal(err)
	}
	status, out, errs := c.run("receipt", "verify", c.write("hostile", string(raw)), "--files", inner)
	if status != 1 || strings.ContainsAny(out+errs, "\x1b\x07\u202e") || strings.Contains(out, "the same") {
		t.Errorf("status %d\n%q%q", status, out, errs)
	}
}

func TestEarningsFromTheCommandLine(t *testing.T) {
	c := openCounter(t)
	out := c.ok("earnings")
	for _, want := range []string{"EUR", "480.00", time.Now().UTC().Format("2006-01")} {
		if !strings.Contains(out, want) {
			t.Errorf("does not say %q:\n%s", want, out)
		}
	}
	var e api.Earnings
	if err := json.Unmarshal([]byte(c.ok("earnings", "--json")), &e); err != nil || len(e.Totals) != 1 || e.Totals[0].Pending != "480.00" {
		t.Errorf("%+v, %v", e, err)
	}
	if out := c.ok("earnings", "--csv"); !strings.Contains(out, ",'=Wedding film,Bea,pending,480.00,EUR\r\n") {
		t.Errorf("%q", out)
	}
	c.fails(2, "can't be used together", "earnings", "--csv", "--json")
	c.ok("logout")
	c.fails(1, "not signed in", "earnings")
	if status, _, errs := c.run("earnings", "--json"); status != 1 || !strings.Contains(errs, `{"error":{"code":"unauthorised"`) {
		t.Errorf("status %d: %s", status, errs)
	}
}

func makeKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) }
