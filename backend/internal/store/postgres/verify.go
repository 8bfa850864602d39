package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Verify implements [store.Checks]. It compares the columns with their documents.
// The database itself keeps its indexes consistent.
func (s checks) Verify(ctx context.Context) ([]string, error) {
	v := verifier{Verifier: store.NewVerifier(), viewed: map[string]string{}}
	err := s.view(ctx, func(tx pgx.Tx) error {
		v.reader = reader{ctx, tx, &v.Findings}
		for _, part := range []func() error{v.people, v.sessions, v.documents, v.views, v.events, v.references, v.comments, v.uploads, v.counts} {
			if err := part(); err != nil {
				return err
			}
		}
		return nil
	})
	return v.Problems(), err
}

type verifier struct {
	*store.Verifier
	reader
	viewed map[string]string // hash of a view link -> order
}

// reader reads documents for a check.
type reader struct {
	ctx      context.Context
	tx       pgx.Tx
	findings *store.Findings
}

// rows scans every row of a query, whose last column is a document, into columns
// and doc, and calls f with each. An unreadable document is a problem.
func rows[T any](r reader, sql, what string, columns []any, f func(doc T)) error {
	found, err := r.tx.Query(r.ctx, sql)
	if err != nil {
		return err
	}
	var raw []byte
	_, err = pgx.ForEachRow(found, append(columns, &raw), func() error {
		doc, err := decode[T](what, "as stored", raw)
		if err != nil {
			r.findings.Problem("%v", err)
			return nil
		}
		f(doc)
		return nil
	})
	return err
}

func (v *verifier) people() error {
	var id, email string
	return rows(v.reader, "SELECT id, email, doc FROM accounts", "account", []any{&id, &email}, func(a order.Account) {
		v.Account(id, a.ID == id && store.EmailKey(a.Email) == email)
	})
}

func (v *verifier) sessions() error {
	var hash, account string
	var used int64
	return rows(v.reader, "SELECT token_hash, account, used_at, doc FROM sessions", "session", []any{&hash, &account, &used}, func(s store.Session) {
		if s.TokenHash != hash || s.AccountID != account || nanos(s.UsedAt) != used {
			v.Problem("the session %.8s… is stored as another", hash)
		}
		v.Session(hash, account)
	})
}

func (v *verifier) documents() error {
	var id string
	var c columns
	fields := []any{&id, &c.seller, &c.status, &c.due, &c.deadline, &c.review, &c.search}
	return rows(v.reader, "SELECT id, seller, status, due_at, deadline, review_hash, search, doc FROM orders", "order", fields, func(o order.Order) {
		v.Order(id, o)
		if !c.equal(columnsOf(o)) {
			v.Problem("order %s is listed as it is not", id)
		}
		for _, hash := range viewHashes(o) {
			v.viewed[hash] = id
		}
	})
}

// views compares the index of view links with the orders.
func (v *verifier) views() error {
	found, err := v.tx.Query(v.ctx, "SELECT hash, order_id FROM views")
	if err != nil {
		return err
	}
	var hash, id string
	_, err = pgx.ForEachRow(found, []any{&hash, &id}, func() error {
		if v.viewed[hash] != id {
			v.Problem("a link to look opens order %s, which does not know it", id)
		}
		delete(v.viewed, hash)
		return nil
	})
	for _, id := range v.viewed {
		v.Problem("order %s is missing for one who may look at it", id)
	}
	return err
}

// events also checks that the log has no gap.
func (v *verifier) events() error {
	var seq, logged uint64
	var id, seller string
	err := rows(v.reader, "SELECT seq, order_id, seller, doc FROM events ORDER BY seq", "event", []any{&seq, &id, &seller}, func(e order.Event) {
		if logged++; seq != logged {
			v.Problem("event %d comes where %d should be", seq, logged)
			logged = seq
		}
		v.Event(e, e.Seq == seq && e.Order == id && e.Seller == seller)
	})
	v.EndOfLog()
	return err
}

// references checks the records that only name an order.
func (v *verifier) references() error {
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
			if !v.HasOrder(id) {
				v.Problem("%s belongs to no order: %q", what, id)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) comments() error {
	var id string
	var o []byte
	sql := "SELECT c.order_id, o.doc, c.doc FROM comments c LEFT JOIN orders o ON o.id = c.order_id"
	return rows(v.reader, sql, "the comments of order", []any{&id, &o}, func(list []order.Comment) {
		if o == nil {
			v.Problem("comments belong to no order: %q", id)
			return
		}
		of, err := decode[order.Order]("order", id, o)
		if err != nil {
			return // documents reports it
		}
		v.Comments(of, list)
	})
}

func (v *verifier) uploads() error {
	var id, seller, sha256 string
	var size int64
	var in int
	fields := []any{&id, &seller, &sha256, &size, &in}
	return rows(v.reader, "SELECT id, seller, sha256, size, delivered_in, doc FROM uploads", "upload", fields, func(u order.Upload) {
		if u.ID != id || u.SellerID != seller || u.SHA256 != sha256 || u.Size != size || u.DeliveredIn != in {
			v.Problem("an upload is stored as it is not: %s", id)
			return
		}
		v.Upload(u)
	})
}

func (v *verifier) counts() error {
	stored := map[order.Status]int{}
	err := eachCount(v.ctx, v.tx, func(status order.Status, n int) { stored[status] = n })
	v.Counts(stored)
	return err
}
