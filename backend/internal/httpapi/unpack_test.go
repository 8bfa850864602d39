package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"

	"handover/backend/api"
)

func TestPackedRequests(t *testing.T) {
	s := openShop(t)
	lines := "title,client_name,client_email,due\n" + strings.Repeat("Film,Bea,bea@example.org,"+s.now().AddDate(0, 0, 5).Format("2006-01-02")+"\n", 9_000)
	// Its JSON is so long that the client packs it.
	if got, err := s.seller.ImportOrders(t.Context(), api.Import{File: []byte(lines), DryRun: true}); err != nil || len(got.Orders) != 9_000 {
		t.Errorf("%d orders, %v", len(got.Orders), err)
	}
	o, _ := s.sell("Film", "")
	gzipped := func(plain string) string {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		w.Write([]byte(plain))
		w.Close()
		return out.String()
	}
	message := gzipped(`{"message":"Hello"}`)
	spoiled := []byte(message)
	spoiled[len(spoiled)-6] ^= 1 // in its checksum
	for name, tc := range map[string]struct {
		body, encoding string
		status         int
	}{
		"packed":              {message, "gzip", http.StatusOK},
		"packed, in capitals": {message, "GZIP", http.StatusOK},
		"not packed":          {`{"message":"Hello"}`, "identity", http.StatusOK},
		"not what it says":    {`{"message":"Hello"}`, "gzip", http.StatusBadRequest},
		"cut short":           {message[:len(message)-9], "gzip", http.StatusBadRequest},
		"cut in its header":   {message[:5], "gzip", http.StatusBadRequest},
		"damaged":             {string(spoiled), "gzip", http.StatusBadRequest},
		"a bomb":              {gzipped(strings.Repeat(" ", 20<<20)), "gzip", http.StatusRequestEntityTooLarge},
		"in another encoding": {message, "br", http.StatusUnsupportedMediaType},
		"in two":              {gzipped(message), "gzip, gzip", http.StatusUnsupportedMediaType},
	} {
		t.Run(name, func(t *testing.T) {
			resp, text := s.ask(s.seller, "POST", "/api/v1/orders/"+o.ID+"/messages", tc.body, "Content-Encoding", tc.encoding)
			if resp.StatusCode != tc.status {
				t.Errorf("%s, want %d: %s", resp.Status, tc.status, text)
			}
		})
	}
}
