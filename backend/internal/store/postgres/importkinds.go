package postgres

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// target is the table for a kind of records, and the conversion of a record to a
// row.
type target struct {
	table   string
	columns []string
	row     func(*importing, store.Record) ([]any, error)
}

var targets = map[store.Kind]target{
	store.AccountRecord:   {"accounts", []string{"id", "email", "doc"}, (*importing).account},
	store.SessionRecord:   {"sessions", []string{"token_hash", "account", "used_at", "doc"}, (*importing).session},
	store.OrderRecord:     {"orders", []string{"id", "seller", "status", "due_at", "deadline", "review_hash", "search", "doc"}, (*importing).order},
	store.KeyRecord:       {"idempotency", []string{"order_id", "key", "request"}, (*importing).key},
	store.PlacementRecord: {"placements", []string{"seller", "key", "request", "orders"}, (*importing).placement},
	store.EventRecord:     {"events", []string{"seq", "order_id", "seller", "doc"}, (*importing).event},
	store.EntryRecord:     {"ledger", []string{"seller", "seq", "doc"}, (*importing).entry},
	store.PresenceRecord:  {draftPresence, []string{"order_id", "doc"}, (*importing).list},
	store.CommentsRecord:  {comments, []string{"order_id", "doc"}, (*importing).list},
	store.UploadRecord:    {"uploads", []string{"id", "seller", "sha256", "size", "delivered_in", "doc"}, (*importing).upload},
	store.CursorRecord:    {"outbox_cursors", []string{"channel", "seq"}, (*importing).cursor},
	store.OutboxRecord:    {"outbox", []string{"channel", "seq", "receiver", "doc"}, (*importing).outbox},
}

// importing collects the data that is derived from the records of a batch.
type importing struct {
	views  [][]any
	counts map[order.Status]int
	sums   store.Sums
}

// importKind stores records of one kind, and the derived data.
func importKind(ctx context.Context, tx pgx.Tx, kind store.Kind, records []store.Record) error {
	to, ok := targets[kind]
	if !ok {
		return fmt.Errorf("this version does not know the kind")
	}
	in := &importing{counts: map[order.Status]int{}, sums: store.Sums{}}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{to.table}, to.columns, pgx.CopyFromSlice(len(records), func(i int) ([]any, error) {
		return to.row(in, records[i])
	}))
	if err != nil {
		return err
	}
	if len(in.views) > 0 {
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"views"}, []string{"hash", "order_id"}, pgx.CopyFromRows(in.views)); err != nil {
			return err
		}
	}
	return in.addUp(ctx, tx)
}

// addUp adds to the stored counts and sums.
func (in *importing) addUp(ctx context.Context, tx pgx.Tx) error {
	b := &pgx.Batch{}
	count(b, in.counts)
	for _, k := range slices.SortedFunc(maps.Keys(in.sums), func(a, b store.SumKey) int { return cmp.Compare(a.String(), b.String()) }) {
		addEarnings(b, k, in.sums[k])
	}
	return send(ctx, tx, b)
}

func (in *importing) account(r store.Record) ([]any, error) {
	a, err := decode[order.Account]("account", string(r.Place), r.Doc)
	return []any{a.ID, store.EmailKey(a.Email), r.Doc}, err
}

func (in *importing) session(r store.Record) ([]any, error) {
	s, err := decode[store.Session]("session", "as stored", r.Doc)
	return []any{s.TokenHash, s.AccountID, nanos(s.UsedAt), r.Doc}, err
}

func (in *importing) order(r store.Record) ([]any, error) {
	o, err := decode[order.Order]("order", string(r.Place), r.Doc)
	if err != nil {
		return nil, err
	}
	for _, hash := range viewHashes(o) {
		in.views = append(in.views, []any{hash, o.ID})
	}
	in.counts[o.Status]++
	c := columnsOf(o)
	return []any{o.ID, c.seller, c.status, c.due, c.deadline, c.review, c.search, r.Doc}, nil
}

func (in *importing) key(r store.Record) ([]any, error) { return []any{r.Of, r.Key, r.Doc}, nil }

func (in *importing) placement(r store.Record) ([]any, error) {
	p, err := decode[store.Placed]("placement", "of "+r.Of, r.Doc)
	if p.Orders == nil {
		p.Orders = []string{} // the column allows no null
	}
	return []any{r.Of, r.Key, []byte(p.Request), p.Orders}, err
}

func (in *importing) event(r store.Record) ([]any, error) {
	e, err := decode[order.Event]("event", "of the log", r.Doc)
	return []any{e.Seq, e.Order, e.Seller, r.Doc}, err
}

func (in *importing) entry(r store.Record) ([]any, error) {
	e, err := decode[order.Entry]("entry of the ledger", "as stored", r.Doc)
	if err != nil {
		return nil, err
	}
	in.sums.Add(e)
	return []any{e.Seller, e.Seq, r.Doc}, nil
}

func (in *importing) list(r store.Record) ([]any, error) { return []any{r.Of, r.Doc}, nil }

func (in *importing) upload(r store.Record) ([]any, error) {
	u, err := decode[order.Upload]("upload", string(r.Place), r.Doc)
	return []any{u.ID, u.SellerID, u.SHA256, u.Size, u.DeliveredIn, r.Doc}, err
}

func (in *importing) cursor(r store.Record) ([]any, error) { return []any{r.Of, r.Seq}, nil }

func (in *importing) outbox(r store.Record) ([]any, error) {
	e, err := decode[store.Entry]("entry of the outbox", r.Of, r.Doc)
	return []any{r.Of, e.Seq, string(e.To), r.Doc}, err
}
