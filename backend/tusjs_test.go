package backend_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// The server speaks tus as others do: tus-js-client, the reference client,
// uploads whole, in parts, and after an interruption, and what it brought can
// be delivered.
func TestTusJSClient(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed; the reference client needs it")
	}
	manifest, err := filepath.Abs("../frontend/package.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(manifest), "node_modules", "tus-js-client")); err != nil {
		t.Skip("tus-js-client is not installed; run npm ci in frontend")
	}
	server := startFor(t)
	const size = 3<<20 + 17
	content := make([]byte, size)
	rand.Read(content)
	file := filepath.Join(t.TempDir(), "film.mov")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	upload := func(t *testing.T, change map[string]any) (url string) {
		t.Helper()
		want := map[string]any{
			"endpoint": server.url + "/uploads/", "token": server.token, "file": file, "size": size,
			"metadata": map[string]string{"order": server.order, "path": "Größe/film.mov"},
		}
		for k, v := range change {
			want[k] = v
		}
		raw, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, node, "testdata/tusjs/upload.cjs", manifest, string(raw))
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %s", err, errs.String())
		}
		return strings.TrimSpace(string(out))
	}
	deliver := func(t *testing.T, url string) {
		t.Helper()
		o, err := server.seller.Deliver(t.Context(), server.order, rand.Text(), api.NewDelivery{
			Description: "By another client.",
			Files:       []api.DeliveredFile{{Upload: path.Base(url), Path: "Größe/film.mov", Size: size, SHA256: hex.EncodeToString(sum[:])}},
		})
		if err != nil {
			t.Fatal(err)
		}
		h := sha256.New()
		d := o.Deliveries[len(o.Deliveries)-1]
		if err := server.seller.Download(t.Context(), o.ID, d.Number, d.Files[0].ID, h); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(h.Sum(nil), sum[:]) {
			t.Error("the delivered bytes are not those of the file")
		}
	}
	t.Run("whole", func(t *testing.T) { deliver(t, upload(t, nil)) })
	t.Run("interrupted and resumed", func(t *testing.T) {
		url := upload(t, map[string]any{"stopAt": 1 << 20})
		if again := upload(t, map[string]any{"url": url}); again != url {
			t.Errorf("resumed %s, not %s", again, url)
		}
		deliver(t, url)
	})
	t.Run("in parts", func(t *testing.T) {
		if !server.concatenates(t) {
			t.Skip("this server does not put parts together")
		}
		deliver(t, upload(t, map[string]any{"parallel": 3}))
	})
}

// local is a server with a seller and an order.
type local struct {
	url, token, order string
	seller            *api.Client
}

func startFor(t *testing.T) local {
	t.Helper()
	server, err := backend.StartLocal(backend.Config{Dir: t.TempDir(), Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if report, err := server.Check(context.Background()); err != nil || len(report.Problems) > 0 {
			t.Errorf("the server's data: %v, %v", report.Problems, err)
		}
		server.Close(context.Background())
	})
	user := api.NewUser{Email: "eva@example.org", Name: "Eva", Password: "a long password"}
	if _, err := server.AddUser(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	placed, err := server.AddOrder(t.Context(), user.Email, api.NewOrder{
		Title: "Film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: time.Now().Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	anyone, err := api.NewClient(server.URL(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	session, err := anyone.SignIn(t.Context(), user.Email, user.Password)
	if err != nil {
		t.Fatal(err)
	}
	seller, err := api.NewClient(server.URL(), session.Token, nil)
	if err != nil {
		t.Fatal(err)
	}
	return local{url: server.URL(), token: session.Token, order: placed.ID, seller: seller}
}

func (l local) concatenates(t *testing.T) bool {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, l.url+"/uploads/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+l.token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return strings.Contains(res.Header.Get("Tus-Extension"), "concatenation")
}
