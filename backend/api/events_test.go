package api_test

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// A stream that falls silent counts as dead after three of the heartbeats that
// the server has said it sends; a server that says nothing of them has longer.
func TestASilentStreamIsDead(t *testing.T) {
	for name, tc := range map[string]struct {
		ready string
		after time.Duration
	}{
		"a server that says how often": {`{"heartbeat":5}`, 15 * time.Second},
		"an older server":              {`{}`, 60 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				body, server := io.Pipe()
				c, err := api.NewClient("http://server.test", "", transport(func(r *http.Request) (*http.Response, error) {
					if r.URL.RawQuery != "heartbeat=5" {
						t.Errorf("asked for %s", r.URL)
					}
					go func() { <-r.Context().Done(); body.CloseWithError(r.Context().Err()) }()
					return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: body}, nil
				}))
				if err != nil {
					t.Fatal(err)
				}
				begun := time.Now()
				go func() {
					io.WriteString(server, "id: 1\nevent: ready\ndata: "+tc.ready+"\n\n")
					time.Sleep(10 * time.Second)
					io.WriteString(server, ": still here\n\n")
				}()
				err = c.Events(t.Context(), "", func(string) {}, func(string, order.Event) {})
				if took := time.Since(begun); !errors.Is(err, api.ErrUnreachable) || took != 10*time.Second+tc.after {
					t.Errorf("after %s: %v", took, err)
				}
			})
		})
	}
}
