package api_test

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/backend/api"
)

// Many proxies refuse requests of more than a megabyte.
func TestTheLargestDeliveryIsASmallRequest(t *testing.T) {
	var work api.NewDelivery
	for i := range 10_000 {
		sum := make([]byte, 32)
		rand.Read(sum)
		path := fmt.Sprintf("Wedding of Ada and Ben/Ceremony/DSC_%05d (edited, for print).jpg", i)
		work.Files = append(work.Files, api.DeliveredFile{Upload: rand.Text(), Path: path, Size: 20_000_000 + int64(sum[0])<<12, SHA256: fmt.Sprintf("%x", sum)})
	}
	var sent []byte
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sent, _ = io.ReadAll(r.Body); r.Header.Get("Content-Encoding") != "gzip" { // a cut body does not unpack
			t.Errorf("sent as %v", r.Header)
		}
		w.Header().Set(api.VersionHeader, "1")
		w.Write([]byte("{}"))
	}))
	defer srv.Close()
	c, err := api.NewClient(srv.URL, "token", srv.Client().Transport)
	if err == nil {
		_, err = c.Deliver(t.Context(), "order", "key", work)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(sent) > 1_000_000 {
		t.Errorf("the request has %d bytes", len(sent))
	}
	var got api.NewDelivery
	plain, err := gzip.NewReader(bytes.NewReader(sent))
	if err == nil {
		err = json.NewDecoder(plain).Decode(&got)
	}
	if err != nil || !cmp.Equal(got, work) {
		t.Errorf("what arrives is not what was sent: %v", err)
	}
}
