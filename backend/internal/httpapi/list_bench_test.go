package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// BenchmarkFirstPage is the first page of one seller's 10,000 orders, through
// HTTP, as percentiles in milliseconds.
func BenchmarkFirstPage(b *testing.B) {
	f := openOffice(b)
	var file strings.Builder
	file.WriteString("title,client_name,client_email,due\n")
	start := time.Now().AddDate(0, 0, -30)
	for i := range 10_000 {
		fmt.Fprintf(&file, "Order %d,Client %d,client@example.org,%s\n", i, i%700, start.Add(time.Duration(i*7919%10_000)*time.Hour).UTC().Format(time.RFC3339))
	}
	imported, err := f.eva.ImportOrders(b.Context(), api.Import{File: []byte(file.String())})
	if err != nil {
		b.Fatal(err)
	}
	for _, o := range imported.Orders[9_900:] { // a few of another status, far apart
		f.deliver(b, o.ID)
	}
	for name, filter := range map[string]api.Filter{
		"all": {}, "delivered": {Status: []order.Status{order.Delivered}}, "open": {Status: []order.Status{order.Active, order.InRevision}},
		"late": {Late: true}, "text of many": {Text: "client 1"}, "text of one": {Text: "order 9999"}, "text of none": {Text: "nowhere"},
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				if _, err := f.eva.OrderPage(b.Context(), filter); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			for _, p := range []int{50, 95} {
				b.ReportMetric(float64(took[(len(took)*p+99)/100-1].Microseconds())/1000, fmt.Sprintf("p%d-ms", p))
			}
		})
	}
	b.Run("summary", func(b *testing.B) {
		for b.Loop() {
			if _, err := f.eva.Summary(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
