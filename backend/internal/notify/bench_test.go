package notify_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"handover/backend/internal/notify"
	"handover/backend/order"
)

// BenchmarkWebhooks sends what piled up while the receiver was away: from the
// log of a real store to a real HTTP server.
func BenchmarkWebhooks(b *testing.B) {
	done := make(chan struct{}, b.N)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { done <- struct{}{} }))
	defer server.Close()
	w, err := notify.ParseWebhook(server.URL, hookSecret)
	if err != nil {
		b.Fatal(err)
	}
	d := open(b, b.TempDir(), time.Now)
	defer func() { d.db.Close() }()
	d.seller(order.Account{ID: "eva", Email: "eva@example.org", Name: "Eva"})
	c := d.config()
	c.Webhook = w
	start(b, notify.New(c))() // switched on, before anything happens
	for i := range b.N {
		d.place(fmt.Sprint("o", i), "Film", bea)
	}
	b.ResetTimer()
	stop := start(b, notify.New(c))
	for range b.N {
		<-done
	}
	b.StopTimer()
	stop()
}
