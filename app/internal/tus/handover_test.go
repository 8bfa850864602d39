package tus_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"path"
	"testing"
	"time"

	"handover/app/internal/tus"
	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// TestHandoversServer has the client and the server of this project meet: in
// one stream, interrupted, and in parts.
func TestHandoversServer(t *testing.T) {
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
	seller, id := signIn(t, server)
	client := func(change ...func(*tus.Config)) *tus.Client {
		authorise := func(c *tus.Config) {
			c.Authorise = func(r *http.Request) error { seller.Authorise(r); return nil }
		}
		return newClient(t, server.URL()+"/uploads/", append([]func(*tus.Config){authorise}, change...)...)
	}
	deliver := func(t *testing.T, c *tus.Client, src tus.Source, content []byte) {
		t.Helper()
		src.Metadata = map[string]string{"order": id, "path": "Größe/film.mov"}
		res, err := c.Upload(t.Context(), src, tus.Events{})
		if err != nil {
			t.Fatal(err)
		}
		if sum := hexSum(content); res.SHA256 != sum || res.ServerSHA256 != sum {
			t.Fatalf("digests %s here and %s there, of the file %s", res.SHA256, res.ServerSHA256, sum)
		}
		o, err := seller.Deliver(t.Context(), id, rand.Text(), api.NewDelivery{
			Description: "Done.",
			Files:       []api.DeliveredFile{{Upload: path.Base(res.URL), Path: "Größe/film.mov", Size: int64(len(content)), SHA256: res.SHA256}},
		})
		if err != nil {
			t.Fatal(err)
		}
		latest := o.Deliveries[len(o.Deliveries)-1]
		var got bytes.Buffer
		if err := seller.Download(t.Context(), id, latest.Number, latest.Files[0].ID, &got); err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(got.Bytes()); hex.EncodeToString(sum[:]) != res.SHA256 {
			t.Error("the delivered bytes are not those of the file")
		}
	}
	for _, size := range []int{0, 1, mib, mib + 1, 5 * mib} {
		src, content := writeFile(t, size)
		deliver(t, client(), src, content)
	}
	t.Run("interrupted", func(t *testing.T) {
		src, content := writeFile(t, 5*mib+1)
		src.Metadata = map[string]string{"order": id, "path": "Größe/film.mov"}
		ctx, cancel := context.WithCancel(t.Context())
		w := &watcher{}
		ev := w.events()
		ev.Progress = func(n int64) {
			if n > 2*mib {
				cancel()
			}
		}
		ev.Checkpoint = func(c tus.Checkpoint) { src.Checkpoint = c }
		res, err := client().Upload(ctx, src, ev)
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		src.URL = res.URL
		deliver(t, client(), src, content)
	})
	t.Run("in parts", func(t *testing.T) {
		if !concatenates(t, server.URL(), seller) {
			t.Skip("this server does not put parts together")
		}
		c := client(func(c *tus.Config) { c.Parts, c.PartsFrom = 4, 2*mib })
		tus.SetPath(c, time.Second, 1)
		src, content := writeFile(t, 9*mib+7)
		deliver(t, c, src, content)
	})
}

// signIn makes a seller with an order.
func signIn(t *testing.T, server *backend.Server) (seller *api.Client, orderID string) {
	t.Helper()
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
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	anyone, err := api.NewClient(server.URL(), "", transport)
	if err != nil {
		t.Fatal(err)
	}
	session, err := anyone.SignIn(t.Context(), user.Email, user.Password)
	if err != nil {
		t.Fatal(err)
	}
	seller, err = api.NewClient(server.URL(), session.Token, transport)
	if err != nil {
		t.Fatal(err)
	}
	return seller, placed.ID
}

func concatenates(t *testing.T, url string, seller *api.Client) bool {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, url+"/uploads/", nil)
	if err != nil {
		t.Fatal(err)
	}
	seller.Authorise(r)
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return bytes.Contains([]byte(res.Header.Get("Tus-Extension")), []byte("concatenation"))
}
