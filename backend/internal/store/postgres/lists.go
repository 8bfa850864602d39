package postgres

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// position is the position of an order in the lists: due date, then ID. The cursor
// is the position of the last order of a page, so the next page starts there even
// if orders changed in between.
type position struct {
	due int64
	id  string
}

func (p position) cursor() string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(p.due))
	return base64.RawURLEncoding.EncodeToString(append(raw, p.id...))
}

func readCursor(cursor string) (position, error) {
	if cursor == "" {
		return position{due: math.MinInt64}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < 9 || !storable(string(raw[8:])) {
		return position{}, store.ErrCursor
	}
	return position{int64(binary.BigEndian.Uint64(raw)), string(raw[8:])}, nil
}

// List implements [store.Orders].
func (s orders) List(ctx context.Context, q store.Query) (page store.Page, err error) {
	after, err := readCursor(q.Cursor)
	if err != nil {
		return page, err
	}
	sql, args := listQuery(q, after)
	if sql == "" {
		return page, nil
	}
	err = s.read(ctx, func(ctx context.Context, c querier) error {
		rows, err := c.Query(ctx, sql, args...)
		page.Orders, err = collect[order.Order](rows, err, "order")
		return err
	})
	if err != nil || len(page.Orders) <= q.Limit {
		return page, err
	}
	page.Orders = page.Orders[:q.Limit]
	last := page.Orders[q.Limit-1]
	page.Cursor = position{nanos(last.DueAt), last.ID}.cursor()
	return page, nil
}

// listQuery returns a query for one order more than the page has, "" when no order
// can match. For several statuses it merges one list per status, because an index
// has each list in order. A search reads one index with the searchable text, and
// then the matching orders.
func listQuery(q store.Query, after position) (sql string, args []any) {
	status, every := q.Statuses()
	if !every && len(status) == 0 {
		return "", nil
	}
	args = []any{q.SellerID, after.due, after.id, q.Limit + 1}
	where := " FROM orders WHERE seller = $1 AND (due_at, id) > ($2, $3)"
	if !q.LateAt.IsZero() {
		args = append(args, nanos(q.LateAt))
		where += fmt.Sprintf(" AND due_at < $%d", len(args))
	}
	const end = " ORDER BY due_at, id LIMIT $4"
	if q.Text != "" {
		args = append(args, store.FoldText(q.Text))
		where += fmt.Sprintf(" AND position($%d::bytea IN search) > 0", len(args))
		if len(status) > 0 {
			args = append(args, status)
			where += fmt.Sprintf(" AND status = ANY($%d)", len(args))
		}
		return "SELECT doc FROM (SELECT due_at AS due, id" + where + end + ") AS found JOIN orders USING (id) ORDER BY due, id", args
	}
	if len(status) == 0 {
		return "SELECT doc" + where + end, args
	}
	parts := make([]string, len(status))
	for i, one := range status {
		args = append(args, string(one))
		parts[i] = fmt.Sprintf("(SELECT due_at, id, doc%s AND status = $%d%s)", where, len(args), end)
	}
	return "SELECT doc FROM (" + strings.Join(parts, " UNION ALL ") + ") AS lists" + end, args
}

// Summarise implements [store.Orders].
func (s orders) Summarise(ctx context.Context, sellerID string, now time.Time) (store.Summary, error) {
	sum := store.Summary{Count: map[order.Status]int{}}
	err := s.read(ctx, func(ctx context.Context, q querier) error {
		rows, err := q.Query(ctx, `SELECT status, count(*), count(*) FILTER (WHERE due_at < $2) FROM orders WHERE seller = $1 GROUP BY status`, sellerID, nanos(now))
		if err != nil {
			return err
		}
		sum.Late = 0
		var status order.Status
		var n, late int
		_, err = pgx.ForEachRow(rows, []any{&status, &n, &late}, func() error {
			sum.Count[status] = n
			if status.Owed() {
				sum.Late += late
			}
			return nil
		})
		return err
	})
	return sum, err
}
