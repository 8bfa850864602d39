package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Verify implements [store.Store]. It compares the columns with their
// documents; that indexes agree with tables is the database's own promise.
func (s *Store) Verify(ctx context.Context) ([]string, error) {
	v := verifier{ctx: ctx, orders: map[string]*known{}, accounts: map[string]bool{}, viewed: map[string]string{}}
	err := s.view(ctx, func(tx pgx.Tx) error {
		v.tx = tx
		for _, part := range []func() error{v.people, v.sessions, v.documents, v.views, v.events, v.names, v.comments, v.uploads, v.counts} {
			if err := part(); err != nil {
				return err
			}
		}
		return nil
	})
	return v.problems, err
}

// known is what the verifier keeps of an order.
type known struct {
	seller     string
	status     order.Status
	deliveries int
	lastEvent  order.Status
}

type verifier struct {
	ctx      context.Context
	tx       pgx.Tx
	orders   map[string]*known
	accounts map[string]bool
	viewed   map[string]string // the order of each hash of a link to look
	problems []string
}

func (v *verifier) problem(format string, args ...any) {
	v.problems = append(v.problems, fmt.Sprintf(format, args...))
}

// rows scans every row of a query, whose last column is a document, into
// columns and doc, and calls f with each. One that cannot be read is a problem.
func rows[T any](v *verifier, sql, what string, columns []any, f func(doc T)) error {
	found, err := v.tx.Query(v.ctx, sql)
	if err != nil {
		return err
	}
	var raw []byte
	_, err = pgx.ForEachRow(found, append(columns, &raw), func() error {
		doc, err := decode[T](what, "as stored", raw)
		if err != nil {
			v.problem("%v", err)
			return nil
		}
		f(doc)
		return nil
	})
	return err
}

func (v *verifier) people() error {
	var id, email string
	return rows(v, "SELECT id, email, doc FROM accounts", "account", []any{&id, &email}, func(a order.Account) {
		v.accounts[id] = true
		if a.ID != id || emailKey(a.Email) != email {
			v.problem("account %s is not found by its e-mail address", id)
		}
	})
}

func (v *verifier) sessions() error {
	var hash, account string
	var used int64
	return rows(v, "SELECT token_hash, account, used_at, doc FROM sessions", "session", []any{&hash, &account, &used}, func(s store.Session) {
		if s.TokenHash != hash || s.AccountID != account || nanos(s.UsedAt) != used {
			v.problem("the session %.8s… is stored as another", hash)
		}
		if !v.accounts[account] {
			v.problem("the session %.8s… belongs to no account", hash)
		}
	})
}

func (v *verifier) documents() error {
	var id string
	var c columns
	fields := []any{&id, &c.seller, &c.status, &c.due, &c.deadline, &c.review, &c.search}
	return rows(v, "SELECT id, seller, status, due_at, deadline, review_hash, search, doc FROM orders", "order", fields, func(o order.Order) {
		if o.ID != id {
			v.problem("order %s is stored as %s", o.ID, id)
		}
		if !c.equal(columnsOf(o)) {
			v.problem("order %s is listed as it is not", id)
		}
		if !v.accounts[o.SellerID] {
			v.problem("order %s: its seller has no account", id)
		}
		for _, hash := range viewHashes(o) {
			v.viewed[hash] = id
		}
		v.orders[id] = &known{seller: o.SellerID, status: o.Status, deliveries: len(o.Deliveries)}
	})
}

// events checks that the log has no gap, and that the last event of an order
// left it as it is.
func (v *verifier) events() error {
	var seq, logged uint64
	var id, seller string
	err := rows(v, "SELECT seq, order_id, seller, doc FROM events ORDER BY seq", "event", []any{&seq, &id, &seller}, func(e order.Event) {
		if logged++; seq != logged {
			v.problem("event %d comes where %d should be", seq, logged)
			logged = seq
		}
		o := v.orders[id]
		switch {
		case e.Seq != seq || e.Order != id || e.Seller != seller:
			v.problem("event %d is stored in another place", seq)
		case o == nil || o.seller != seller:
			v.problem("event %d: there is no order %s of this seller", seq, id)
		default:
			o.lastEvent = e.Status
		}
	})
	for id, o := range v.orders {
		if o.lastEvent != o.status {
			v.problem("order %s is %s; its last event left it %q", id, o.status, o.lastEvent)
		}
	}
	return err
}

// names checks what only names an order.
func (v *verifier) names() error {
	for sql, what := range map[string]string{
		"SELECT order_id FROM idempotency":      "an idempotency key",
		"SELECT order_id FROM draft_notes":      "a note about a draft",
		"SELECT unnest(orders) FROM placements": "a placement",
	} {
		found, err := v.tx.Query(v.ctx, sql)
		if err != nil {
			return err
		}
		var id string
		if _, err := pgx.ForEachRow(found, []any{&id}, func() error {
			if v.orders[id] == nil {
				v.problem("%s belongs to no order: %q", what, id)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// comments holds the comments of orders against them.
func (v *verifier) comments() error {
	var id string
	var o []byte
	sql := "SELECT c.order_id, o.doc, c.doc FROM comments c LEFT JOIN orders o ON o.id = c.order_id"
	return rows(v, sql, "the comments of order", []any{&id, &o}, func(list []order.Comment) {
		if o == nil {
			v.problem("comments belong to no order: %q", id)
			return
		}
		of, err := decode[order.Order]("order", id, o)
		if err != nil {
			return // documents says so
		}
		for _, fault := range of.CommentFaults(list) {
			v.problem("order %s: %s", id, fault)
		}
	})
}

func (v *verifier) uploads() error {
	var id, seller, sha256 string
	var size int64
	var in int
	fields := []any{&id, &seller, &sha256, &size, &in}
	return rows(v, "SELECT id, seller, sha256, size, delivered_in, doc FROM uploads", "upload", fields, func(u order.Upload) {
		o := v.orders[u.OrderID]
		switch {
		case u.ID != id || u.SellerID != seller || u.SHA256 != sha256 || u.Size != size || u.DeliveredIn != in:
			v.problem("an upload is stored as it is not: %s", id)
		case o == nil || o.seller != u.SellerID:
			v.problem("upload %s: there is no order %s of its seller", id, u.OrderID)
		case u.DeliveredIn > o.deliveries:
			v.problem("upload %s counts as delivered in delivery %d of order %s, which has %d", id, u.DeliveredIn, u.OrderID, o.deliveries)
		}
	})
}

func (v *verifier) counts() error {
	counted := map[order.Status]int{}
	for _, o := range v.orders {
		counted[o.status]++
	}
	found, err := v.tx.Query(v.ctx, "SELECT status, n FROM order_counts")
	if err != nil {
		return err
	}
	var status order.Status
	var n int
	_, err = pgx.ForEachRow(found, []any{&status, &n}, func() error {
		if n != counted[status] {
			v.problem("%d orders are %s; the count says %d", counted[status], status, n)
		}
		delete(counted, status)
		return nil
	})
	for status, n := range counted {
		v.problem("%d orders are %s; they are not counted", n, status)
	}
	return err
}
