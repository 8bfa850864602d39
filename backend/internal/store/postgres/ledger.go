package postgres

import (
	"context"
	"math"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// appendEntry queues the event's ledger entry, if the event moves money.
func appendEntry(b *pgx.Batch, o order.Order, e order.Event) error {
	entry, moves := o.Entry(e)
	if !moves {
		return nil
	}
	doc, err := encode(entry)
	if err != nil {
		return err
	}
	b.Queue("INSERT INTO ledger (seller, seq, doc) VALUES ($1, $2, $3)", entry.Seller, entry.Seq, doc)
	var sums order.Earnings
	sums.Add(entry)
	addEarnings(b, store.SumKeyOf(entry), sums)
	return nil
}

// addEarnings queues an addition to a sum.
func addEarnings(b *pgx.Batch, k store.SumKey, sums order.Earnings) {
	b.Queue(`INSERT INTO earnings AS e (seller, month, currency, placed, cancelled, completed, cleared) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (seller, month, currency) DO UPDATE SET placed = e.placed + $4, cancelled = e.cancelled + $5,
			completed = e.completed + $6, cleared = e.cleared + $7`,
		k.Seller, k.Month, k.Currency, sums.Placed, sums.Cancelled, sums.Completed, sums.Cleared)
}

// Entries implements [store.Ledger].
func (s ledger) Entries(ctx context.Context, sellerID string, after uint64, limit int) (entries []order.Entry, err error) {
	if after > math.MaxInt64 {
		return nil, nil
	}
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		rows, err := q.Query(ctx, "SELECT doc FROM ledger WHERE seller = $1 AND seq > $2 ORDER BY seq LIMIT $3", sellerID, after, limit)
		entries, err = collect[order.Entry](rows, err, "entry of the ledger")
		return err
	})
	return entries, err
}

// selectEarnings is the start of a query; a condition and an order may follow.
const selectEarnings = "SELECT seller, month, currency, placed, cancelled, completed, cleared FROM earnings"

// Earnings implements [store.Ledger].
func (s ledger) Earnings(ctx context.Context, sellerID string) (months []order.MonthEarnings, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		months = nil
		rows, err := q.Query(ctx, selectEarnings+" WHERE seller = $1 ORDER BY month, currency", sellerID)
		return eachEarnings(rows, err, func(_ string, m order.MonthEarnings) { months = append(months, m) })
	})
	return months, err
}

func eachEarnings(rows pgx.Rows, err error, f func(seller string, m order.MonthEarnings)) error {
	if err != nil {
		return err
	}
	var seller string
	var m order.MonthEarnings
	_, err = pgx.ForEachRow(rows, []any{&seller, &m.Month, &m.Currency, &m.Placed, &m.Cancelled, &m.Completed, &m.Cleared}, func() error {
		f(seller, m)
		return nil
	})
	return err
}

// CheckLedger implements [store.Checks].
func (s checks) CheckLedger(ctx context.Context) ([]string, error) {
	audit := store.NewLedgerAudit()
	err := s.view(ctx, func(tx pgx.Tx) error {
		var seller string
		var seq uint64
		in := reader{ctx, tx, &audit.Findings}
		err := rows(in, "SELECT seller, seq, doc FROM ledger ORDER BY seq", "entry of the ledger", []any{&seller, &seq}, func(e order.Entry) {
			if e.Seller != seller || e.Seq != seq {
				audit.Problem("the ledger's entry %d of %s is in another place", seq, seller)
				return
			}
			audit.Entry(e)
		})
		if err != nil {
			return err
		}
		if err := rows(in, "SELECT doc FROM orders", "order", nil, audit.Order); err != nil {
			return err
		}
		found, err := tx.Query(ctx, selectEarnings)
		err = eachEarnings(found, err, func(seller string, m order.MonthEarnings) {
			audit.Sum(store.SumKey{Seller: seller, Month: m.Month, Currency: m.Currency}, m.Earnings)
		})
		audit.End()
		return err
	})
	return audit.Problems(), err
}
