package postgres

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"handover/backend/order"
)

// saving is an order as it was and as it is, with what happened. The order is
// locked, or new: then before is the zero value.
type saving struct {
	before, after order.Order
	events        []order.Event
}

// changeOf is the saving of a change, with the order's next version unless its
// events are all quiet.
func changeOf(before, after order.Order, events []order.Event) saving {
	if !order.Quiet(events) {
		after.Version++
	}
	return saving{before, after, events}
}

func (v saving) isNew() bool { return v.before.ID == "" }

// save writes orders, their events and what follows from both, and returns the
// Seq of the last event, 0 for none. It is the last thing that a transaction
// does, see lockLog.
func save(ctx context.Context, tx pgx.Tx, all []saving) (last uint64, err error) {
	if err := sendRest(ctx, tx, all); err != nil {
		return 0, err
	}
	documents, happened := &pgx.Batch{}, 0
	for _, v := range all {
		happened += len(v.events)
		if err := putOrder(documents, v); err != nil {
			return 0, err
		}
	}
	if happened > 0 {
		lockLog(documents, &last)
	}
	if err := tx.SendBatch(ctx, documents).Close(); err != nil || happened == 0 {
		return 0, err
	}
	log, counts := &pgx.Batch{}, map[order.Status]int{}
	for _, v := range all {
		if last, err = appendEvents(log, &v.after, v.events, last); err != nil {
			return 0, err
		}
		if v.before.Status != v.after.Status {
			counts[v.before.Status]--
			counts[v.after.Status]++
		}
	}
	delete(counts, "") // what new orders were before
	count(log, counts)
	notify(log, last)
	return last, tx.SendBatch(ctx, log).Close()
}

// putOrder queues the order's row.
func putOrder(b *pgx.Batch, v saving) error {
	o := v.after
	doc, err := encode(o)
	if err != nil {
		return err
	}
	sql := `UPDATE orders SET seller = $2, status = $3, due_at = $4, deadline = $5, review_hash = $6, search = $7, doc = $8 WHERE id = $1`
	if v.isNew() {
		sql = `INSERT INTO orders (id, seller, status, due_at, deadline, review_hash, search, doc)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`
	}
	c := columnsOf(o)
	b.Queue(sql, o.ID, c.seller, c.status, c.due, c.deadline, c.review, c.search, doc).Exec(func(done pgconn.CommandTag) error {
		if done.RowsAffected() == 1 {
			return nil
		}
		return &order.Error{Code: order.Exists, Message: "there is an order with this ID already"}
	})
	putViews(b, v)
	return nil
}

// columns is what of an order stands beside its document.
type columns struct {
	seller, status string
	due            int64
	deadline       *int64
	review         *string
	search         []byte
}

func columnsOf(o order.Order) columns {
	c := columns{seller: o.SellerID, status: string(o.Status), due: nanos(o.DueAt), search: searchText(o)}
	if due := o.NextDeadline(); !due.IsZero() {
		at := nanos(due)
		c.deadline = &at
	}
	if o.ReviewHash != "" {
		c.review = &o.ReviewHash
	}
	return c
}

func (c columns) equal(d columns) bool {
	return c.seller == d.seller && c.status == d.status && c.due == d.due && same(c.deadline, d.deadline) && same(c.review, d.review) && bytes.Equal(c.search, d.search)
}

func same[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// searchText is what a search looks at. It is bytes, because the database's
// idea of lower case depends on its settings.
func searchText(o order.Order) []byte {
	return []byte(strings.ToLower(o.Title + "\n" + o.Buyer.Name + "\n" + o.ID))
}

// count queues how the numbers of orders with each status change.
func count(b *pgx.Batch, counts map[order.Status]int) {
	for _, status := range slices.Sorted(maps.Keys(counts)) {
		if n := counts[status]; n != 0 {
			b.Queue("INSERT INTO order_counts AS c (status, n) VALUES ($1, $2) ON CONFLICT (status) DO UPDATE SET n = c.n + $2", string(status), n)
		}
	}
}
