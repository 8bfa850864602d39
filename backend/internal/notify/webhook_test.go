package notify_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"handover/backend/api"
	"handover/backend/internal/notify"
	"handover/backend/order"
)

const hookSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

// call is a request that the receiver got.
type call struct {
	header http.Header
	body   []byte
}

// receiver is a real HTTP server that passes on what it gets.
func receiver(t *testing.T, answer http.HandlerFunc) (url string, calls <-chan call) {
	t.Helper()
	got := make(chan call, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- call{r.Header.Clone(), body}
		if answer != nil {
			answer(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL + "/hook?key=in-the-address", got
}

// calling starts webhooks of the store to the address.
func calling(t *testing.T, d *data, url string) *notify.Service {
	t.Helper()
	w, err := notify.ParseWebhook(url, hookSecret)
	must(t, err)
	c := d.config()
	c.Webhook = w
	s := notify.New(c)
	t.Cleanup(start(t, s))
	return s
}

func next[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func TestWebhook(t *testing.T) {
	url, calls := receiver(t, nil)
	d := opened(t, time.Now)
	calling(t, d, url)
	d.place("a", "Film “Zürich” <b>", bea)
	c := next(t, calls)

	t.Run("the signature, by the specification's own library", func(t *testing.T) {
		w, err := standardwebhooks.NewWebhook(hookSecret)
		must(t, err)
		must(t, w.Verify(c.body, c.header))
		if err := w.Verify(bytes.Replace(c.body, []byte("Film"), []byte("Folm"), 1), c.header); err == nil {
			t.Error("another body has the same signature")
		}
	})
	t.Run("the signature, computed here", func(t *testing.T) {
		mac := hmac.New(sha256.New, []byte("0123456789abcdef0123456789abcdef"))
		mac.Write([]byte(c.header.Get("webhook-id") + "." + c.header.Get("webhook-timestamp") + "." + string(c.body)))
		want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		if got := c.header.Get("webhook-signature"); got != want {
			t.Errorf("signature %q, want %q", got, want)
		}
	})
	t.Run("headers", func(t *testing.T) {
		id := c.header.Get("webhook-id")
		if !strings.HasPrefix(id, "evt_") || len(id) != 28 || strings.Contains(id, ".") {
			t.Errorf("webhook-id %q", id)
		}
		if at, err := strconv.ParseInt(c.header.Get("webhook-timestamp"), 10, 64); err != nil || time.Since(time.Unix(at, 0)).Abs() > time.Minute {
			t.Errorf("webhook-timestamp %v, %v", at, err)
		}
		if got := c.header.Get("Content-Type"); got != "application/json" {
			t.Errorf("Content-Type %q", got)
		}
	})
	t.Run("the body", func(t *testing.T) {
		var n api.Notice
		must(t, json.Unmarshal(c.body, &n))
		o := n.Data.Order
		if n.Type != "order.placed" || n.Data.Event.Seq != 1 || n.Data.Event.Type != order.OrderPlaced || !n.Timestamp.Equal(n.Data.Event.At) {
			t.Errorf("notice %s of %s, event %+v", n.Type, n.Timestamp, n.Data.Event)
		}
		if o.ID != "a" || o.Title != "Film “Zürich” <b>" || o.Seller != "Eva Editor" || o.Price.Amount != "120.00" || len(o.Allowed) == 0 {
			t.Errorf("order %+v", o)
		}
		for _, private := range []string{"password", "hash", "/review/"} {
			if bytes.Contains(c.body, []byte(private)) {
				t.Errorf("the body tells %q: %s", private, c.body)
			}
		}
	})
}

// attempted waits until an entry was tried, and returns what the operator sees.
func attempted(t *testing.T, s *notify.Service, channel string) api.OutboxEntry {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		list, err := s.List(t.Context(), channel, false)
		must(t, err)
		if len(list) > 0 && list[0].Attempts > 0 {
			return list[0]
		}
	}
	t.Fatal("nothing was tried")
	panic("unreachable")
}

func TestAnswersThatAreNoSuccess(t *testing.T) {
	elsewhere, redirected := receiver(t, nil)
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   string
		wait   time.Duration // at least
	}{
		"error": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "the receiver answered 500 Internal Server Error", 4 * time.Second},
		"gone":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) }, "the receiver answered 410 Gone", 4 * time.Second},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
		}, "the receiver answered 307 Temporary Redirect", 4 * time.Second},
		"busy": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "600")
			w.WriteHeader(503)
		}, "the receiver answered 503 Service Unavailable", 600 * time.Second},
		"busy for ever": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "99999999999")
			w.WriteHeader(429)
		}, "the receiver answered 429 Too Many Requests", 4 * time.Second},
		"no HTTP": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := http.NewResponseController(w).Hijack()
			conn.Close()
		}, "EOF", 4 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			url, calls := receiver(t, tc.answer)
			d := opened(t, time.Now)
			before := time.Now()
			s := calling(t, d, url)
			d.place("a", "Film", bea)
			next(t, calls)
			e := attempted(t, s, notify.WebhookChannel)
			if e.Failed || e.LastError != tc.want || e.NextAt == nil || e.NextAt.Sub(before) < tc.wait || e.NextAt.Sub(before) > tc.wait+time.Minute {
				t.Errorf("entry %+v, want the error %q", e, tc.want)
			}
		})
	}
	if len(redirected) > 0 {
		t.Error("a redirect was followed")
	}
}

// An answer that does not end is not read to its end: the status says all.
func TestAnAnswerWithoutEnd(t *testing.T) {
	const enough = 64 << 20 // far more than what lies in the buffers between the two
	done := make(chan int, 1)
	url, calls := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		sent := 0
		for sent < enough {
			n, err := w.Write(make([]byte, 64<<10))
			sent += n
			if err != nil {
				break
			}
		}
		done <- sent
	})
	d := opened(t, time.Now)
	calling(t, d, url)
	d.place("a", "Film", bea)
	next(t, calls)
	if sent := next(t, done); sent >= enough {
		t.Errorf("%d bytes of the answer were read", sent)
	}
	emptied(t, d, notify.WebhookChannel)
}

func TestAReceiverThatNeverAnswers(t *testing.T) {
	release := make(chan struct{})
	url, calls := receiver(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) }) // before the server is closed, which waits for it
	d := opened(t, time.Now)
	w, err := notify.ParseWebhook(url, hookSecret)
	must(t, err)
	c := d.config()
	c.Webhook = w
	s := notify.New(c)
	stop := start(t, s)
	d.place("a", "Film", bea)
	next(t, calls)
	stop() // returns although nobody answers
	o, err := d.Outbox(context.Background(), notify.WebhookChannel)
	if err != nil || len(o.Entries) != 1 || o.Entries[0].Attempts != 0 {
		t.Errorf("outbox %+v, %v", o, err)
	}
}

func TestParseWebhook(t *testing.T) {
	for _, tc := range []struct {
		url, secret string
		ok          bool
	}{
		{"https://example.org/hook", hookSecret, true},
		{"http://127.0.0.1:9/hook", hookSecret, true},
		{"http://[::1]:9/hook", hookSecret, true},
		{"http://localhost/hook", hookSecret, true},
		{"http://example.org/S3CRET", hookSecret, false},
		{"http://127.0.0.1.example.org/S3CRET", hookSecret, false},
		{"ftp://example.org/S3CRET", hookSecret, false},
		{"https:///S3CRET", hookSecret, false},
		{"https://ex ample/S3CRET", hookSecret, false},
		{"S3CRET", hookSecret, false},
		{"https://example.org", "", false},
		{"https://example.org", "S3CRET", false},
		{"https://example.org", strings.TrimPrefix(hookSecret, "whsec_"), false},
		{"https://example.org", "whsec_S3CRETS3CRET", false},
		{"https://example.org", "whsec_!S3CRET", false},
		{"https://example.org", "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 23)), false},
		{"https://example.org", "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 24)), true},
		{"https://example.org", "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 64)), true},
		{"https://example.org", "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 65)), false},
	} {
		_, err := notify.ParseWebhook(tc.url, tc.secret)
		if (err == nil) != tc.ok {
			t.Errorf("%s with %s: %v", tc.url, tc.secret, err)
		}
		if err != nil && strings.Contains(err.Error(), "S3CRET") {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
}

func TestErrorsDoNotTellTheAddress(t *testing.T) {
	server := httptest.NewServer(nil)
	url := server.URL + "/S3CRET"
	server.Close()
	d := opened(t, time.Now)
	s := calling(t, d, url)
	d.place("a", "Film", bea)
	if e := attempted(t, s, notify.WebhookChannel); strings.Contains(e.LastError, "S3CRET") || !strings.Contains(e.LastError, "refused") {
		t.Errorf("error %q", e.LastError)
	}
}
