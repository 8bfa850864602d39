package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"handover/app"
)

// BenchmarkList measures a window with 10,000 orders: the full list once, and then
// the difference after one event.
func BenchmarkList(b *testing.B) {
	a, id := withOrders(b, 10_000)
	whole := func(b *testing.B) (mark uint64, sent int) {
		for more := true; more; {
			part, err := a.Orders.List(mark)
			if err != nil {
				b.Fatal(err)
			}
			raw, err := json.Marshal(part)
			if err != nil {
				b.Fatal(err)
			}
			mark, more, sent = part.Mark, part.More, sent+len(raw)
		}
		return mark, sent
	}
	b.Run("first part", func(b *testing.B) {
		for b.Loop() {
			if part, err := a.Orders.List(0); err != nil || len(part.Orders) == 0 {
				b.Fatal(err)
			}
		}
	})
	b.Run("all", func(b *testing.B) {
		sent := 0
		for b.Loop() {
			_, sent = whole(b)
		}
		b.ReportMetric(float64(sent), "bytes/list")
	})
	b.Run("one change", func(b *testing.B) {
		mark, _ := whole(b)
		page, err := a.Orders.Order(id)
		if err != nil {
			b.Fatal(err)
		}
		version, sent := page.Version, 0
		for n := 0; b.Loop(); n++ {
			b.StopTimer()
			page, err = a.Orders.Change(id, app.OrderEdit{Version: version, Changed: []string{"title"}, Title: fmt.Sprintf("Order with title %d", n)})
			if err != nil {
				b.Fatal(err)
			}
			version = page.Version
			b.StartTimer()
			part, err := a.Orders.List(mark)
			if err != nil {
				b.Fatal(err)
			}
			raw, err := json.Marshal(part)
			if err != nil {
				b.Fatal(err)
			}
			mark, sent = part.Mark, len(raw)
		}
		b.ReportMetric(float64(sent), "bytes/change")
	})
}

// withOrders returns a window's methods with count orders, and the ID of one order.
func withOrders(b *testing.B, count int) (app.Bound, string) {
	var file bytes.Buffer
	file.WriteString("title,client_name,client_email,due,price\n")
	due := time.Now().Add(48 * time.Hour)
	for i := range count {
		fmt.Fprintf(&file, "Order %d: product photos for the spring catalogue,Client %d,client%d@example.org,%s,120.00\n", i, i, i, due.Add(time.Duration(i)*time.Minute).Format(time.RFC3339))
	}
	path := filepath.Join(b.TempDir(), "orders.csv")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	a := tryOut(b, &chooser{paths: []string{path}})
	found, err := a.Orders.ChooseImport("UTC")
	if err != nil || found.Count != count {
		b.Fatal(found.Errors, err)
	}
	placed, err := a.Orders.PlaceImport(found.ID)
	if err != nil {
		b.Fatal(err)
	}
	id := placed.Orders[count/2].ID
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		listed := 0
		for mark, more := uint64(0), true; more; {
			part, err := a.Orders.List(mark)
			if err != nil {
				b.Fatal(err)
			}
			mark, more, listed = part.Mark, part.More, listed+len(part.Orders)
		}
		if listed > count {
			return a, id
		}
		if time.Now().After(deadline) {
			b.Fatalf("%d orders are listed", listed)
		}
	}
}
