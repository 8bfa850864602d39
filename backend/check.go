package backend

import (
	"context"
	"fmt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Check verifies all deliveries: it compares records with each other, and the size
// and SHA-256 of every file with the seller's.
func (s *Server) Check(ctx context.Context) (Report, error) {
	return check(ctx, s.records, s.files.Check)
}

// check is [Server.Check] for a store. content verifies the file of a record; check
// calls it once for each file.
func check(ctx context.Context, s store.Records, content func(context.Context, order.Upload) error) (Report, error) {
	report := Report{Problems: []string{}}
	problem := func(format string, args ...any) {
		report.Problems = append(report.Problems, fmt.Sprintf(format, args...))
	}
	// The orders are listed first, so that no transaction stays open while
	// files are read.
	var orders []order.Order
	err := s.Orders.EachOrder(ctx, func(o order.Order) error {
		orders = append(orders, o)
		return nil
	})
	if err != nil {
		return report, fmt.Errorf("list the orders: %w", err)
	}
	contradictions, err := s.Checks.Verify(ctx)
	if err != nil {
		return report, fmt.Errorf("compare the records: %w", err)
	}
	report.Problems = append(report.Problems, contradictions...)
	ledger, err := s.Checks.CheckLedger(ctx)
	if err != nil {
		return report, fmt.Errorf("compare the ledger: %w", err)
	}
	report.Problems = append(report.Problems, ledger...)
	checked := map[string]bool{}
	for _, o := range orders {
		report.Orders++
		for _, fault := range o.Faults() {
			problem("order %s: %s", o.ID, fault)
		}
		for _, d := range o.Deliveries {
			report.Deliveries++
			for _, f := range d.Files {
				if ctx.Err() != nil {
					return report, ctx.Err()
				}
				report.Files++
				report.Bytes += f.Size
				where := fmt.Sprintf("order %s, delivery %d, %q", o.ID, d.Number, f.Path)
				u, err := s.Uploads.Upload(ctx, f.ID)
				switch {
				case err != nil:
					problem("%s: its upload record: %v", where, err)
				case u.SHA256 != f.SHA256 || u.Size != f.Size || u.OrderID != o.ID || u.DeliveredIn == 0:
					problem("%s: its upload record says otherwise", where)
				case !checked[f.ID]:
					checked[f.ID] = true
					if err := content(ctx, u); err != nil {
						problem("%s: %v", where, err)
					}
				}
			}
		}
	}
	return report, nil
}
