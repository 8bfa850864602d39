package desk

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/backend/api"
	"handover/backend/order"
)

// Listed is an order as a long list shows it.
type Listed struct {
	ID, Title, Buyer string
	Status           order.Status
	Late             bool
	DueAt            time.Time
	ReviewEndsAt     time.Time // zero for none, as the times that follow
	CompletedAt      time.Time
	CompletedBy      order.Completer
	CancelledAt      time.Time
	Price            api.Price
	Payment          order.PaymentStatus
	ClearsAt         time.Time
	Deliveries       int
	CancellationBy   order.Party // "" for nobody
	CanDeliver       bool
	HasDraft         bool
	Unread           draft.Unread
}

// ListPage is a part of the list: orders that are new, or no longer as an
// earlier part said.
type ListPage struct {
	Orders []Listed
	Gone   []string // IDs of orders that are there no more
	// Anew is set when whatever earlier parts said does not hold any more.
	Anew bool
	Mark uint64 // where to go on
	More bool   // something comes after Mark already
	AsOf time.Time
	// Offline is set while the server does not answer.
	Offline bool
}

// listPage is how many orders a part of the list has at most: few enough to be
// painted at once.
const listPage = 1_000

// List returns what came after the mark of an earlier part; 0 begins anew. The
// first orders are there at once when any were known the last time; the server
// is asked meanwhile, and Listen is told change.Orders once it says otherwise.
// It is for a desk that works in the background.
func (d *Desk) List(ctx context.Context, mark uint64) (ListPage, error) {
	if _, _, err := d.server(); err != nil {
		return ListPage{}, err
	}
	if err := d.fillList(ctx); err != nil {
		return ListPage{}, err
	}
	if err := d.list.fault(); err != nil && !errors.Is(err, api.ErrUnreachable) {
		return ListPage{}, err
	}
	drafts, err := d.HasDraft()
	if err != nil {
		return ListPage{}, err
	}
	page := d.list.after(mark, listPage, drafts)
	_, online := d.Session()
	page.Offline = !online
	page.AsOf, err = d.AsOf()
	return page, err
}

// fillList makes the list of what was known the last time, or else asks the
// server.
func (d *Desk) fillList(ctx context.Context) error {
	filled, err := d.fillFromCache()
	if err == nil && !filled {
		_, err = d.fetchOrders(ctx)
	}
	return err
}

// fillFromCache makes the list of what was known the last time, if anything.
func (d *Desk) fillFromCache() (filled bool, err error) {
	d.list.filling.Lock()
	defer d.list.filling.Unlock()
	if d.list.filled() {
		return true, nil
	}
	cached, asOf, err := d.drafts.CachedOrders()
	if err != nil || asOf.IsZero() {
		return false, err
	}
	d.list.fill(cached)
	return true, nil
}

// See notes that the seller looked at the order: at all that the buyer did, and
// at the messages only when those were shown. It holds for this computer.
func (d *Desk) See(id string, messages bool) error {
	left, some, err := d.drafts.See(id, messages)
	if err != nil || !some {
		return err
	}
	d.list.seen(id, left)
	d.tell(change.Orders, "")
	return nil
}

// list is what a window lists, with a mark at each order that grows with every
// change: what came after a mark is the difference to what was known then.
type list struct {
	filling sync.Mutex // held while the first orders are looked for

	mu      sync.Mutex
	rows    map[string]*listedAt // nil until it is filled
	gone    map[string]uint64
	unread  map[string]draft.Unread
	drafts  map[string]bool
	mark    uint64
	base    uint64 // the mark at which the list began anew
	current bool   // the server told it since then
	refused error  // why the server did not
}

type listedAt struct {
	Listed
	mark uint64
}

func (l *list) filled() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rows != nil
}

// isCurrent reports whether the server told the list.
func (l *list) isCurrent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current
}

func (l *list) fault() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refused
}

func (l *list) failed(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused = err
}

// begin forgets everything, for the orders of another session.
func (l *list) begin(unread map[string]draft.Unread, drafts map[string]bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows, l.gone, l.unread, l.drafts, l.current, l.refused = nil, nil, unread, drafts, false, nil
	l.mark++
	l.base = l.mark
}

// fill lists what was known the last time, unless the server was faster.
func (l *list) fill(orders []api.Order) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rows == nil {
		l.take(orders)
	}
}

// replace lists these orders and no others.
func (l *list) replace(orders []api.Order) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current, l.refused = true, nil
	l.take(orders)
}

func (l *list) take(orders []api.Order) {
	before := l.rows
	if before == nil {
		l.rows, l.gone = make(map[string]*listedAt, len(orders)), map[string]uint64{}
	}
	listed := make([]Listed, len(orders))
	for i, o := range orders {
		listed[i] = ListedOf(o)
	}
	slices.SortFunc(listed, inTurn)
	there := make(map[string]bool, len(orders))
	for _, o := range listed {
		there[o.ID] = true
		l.put(o)
	}
	for id := range before {
		if !there[id] {
			delete(l.rows, id)
			l.mark++
			l.gone[id] = l.mark
		}
	}
}

// put lists one order, if the list is filled.
func (l *list) put(o Listed) {
	row := l.rows[o.ID]
	if row == nil {
		row = &listedAt{}
		l.rows[o.ID] = row
		delete(l.gone, o.ID)
	}
	o.HasDraft, o.Unread = l.drafts[o.ID], l.unread[o.ID]
	if row.Listed != o {
		l.mark++
		row.Listed, row.mark = o, l.mark
	}
}

// update lists the order as it is now.
func (l *list) update(o api.Order) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rows != nil {
		l.put(ListedOf(o))
	}
}

// happened adds to what is unread.
func (l *list) happened(more map[string]draft.Unread) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, m := range more {
		u := l.unread[id]
		l.setUnread(id, draft.Unread{Messages: u.Messages + m.Messages, Other: u.Other + m.Other})
	}
}

// seen notes what is left unread of the order.
func (l *list) seen(id string, left draft.Unread) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.setUnread(id, left)
}

func (l *list) setUnread(id string, u draft.Unread) {
	if l.unread == nil {
		return // nobody is signed in
	}
	l.unread[id] = u
	if row := l.rows[id]; row != nil && row.Unread != u {
		l.mark++
		row.Unread, row.mark = u, l.mark
	}
}

// after returns at most n orders that changed after the mark, in the order of
// their marks.
func (l *list) after(mark uint64, n int, drafts map[string]bool) ListPage {
	l.mu.Lock()
	defer l.mu.Unlock()
	page := ListPage{Anew: mark == 0 || mark < l.base || mark > l.mark, Orders: []Listed{}, Gone: []string{}}
	if page.Anew {
		mark = l.base
	}
	l.drafts = drafts
	var changed []*listedAt
	for id, row := range l.rows {
		if row.HasDraft != drafts[id] {
			l.mark++
			row.HasDraft, row.mark = drafts[id], l.mark
		}
		if row.mark > mark {
			changed = append(changed, row)
		}
	}
	slices.SortFunc(changed, func(a, b *listedAt) int { return cmp.Compare(a.mark, b.mark) })
	page.More = len(changed) > n
	page.Mark = l.mark
	if page.More {
		changed = changed[:n]
		page.Mark = changed[n-1].mark
	}
	for _, row := range changed {
		page.Orders = append(page.Orders, row.Listed)
	}
	for id, at := range l.gone {
		if at > mark && at <= page.Mark && !page.Anew {
			page.Gone = append(page.Gone, id)
		}
	}
	return page
}

func (l *list) ids() map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := make(map[string]bool, len(l.rows))
	for id := range l.rows {
		ids[id] = true
	}
	return ids
}

// open returns the orders that can be delivered, and whether the list is as the
// server told it.
func (l *list) open() (open []Listed, current bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for row := range maps.Values(l.rows) {
		if row.CanDeliver {
			open = append(open, row.Listed)
		}
	}
	slices.SortFunc(open, inTurn)
	return open, l.current
}

// passed returns the orders whose due date has passed although the list says
// that they are not late, and when the next one's passes; zero for none.
func (l *list) passed(now time.Time) (ids []string, next time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, row := range l.rows {
		owed := row.Status == order.Active || row.Status == order.InRevision
		switch {
		case !owed || row.Late:
		case row.DueAt.Before(now):
			ids = append(ids, id)
		case next.IsZero() || row.DueAt.Before(next):
			next = row.DueAt
		}
	}
	return ids, next
}

// inTurn has first what waits for the seller, then what the buyer looks at, then
// what is over, each as one wants to see it.
func inTurn(a, b Listed) int {
	place := func(o Listed) (group int, at int64) {
		switch o.Status {
		case order.Active, order.InRevision:
			return 0, o.DueAt.UnixNano()
		case order.Delivered:
			return 1, o.ReviewEndsAt.UnixNano()
		default:
			return 2, -max(o.CompletedAt.Unix(), o.CancelledAt.Unix())
		}
	}
	aGroup, aAt := place(a)
	bGroup, bAt := place(b)
	return cmp.Or(cmp.Compare(aGroup, bGroup), cmp.Compare(aAt, bAt), cmp.Compare(a.ID, b.ID))
}

// ListedOf is what a list shows of the order; drafts and what is unread are not
// of the server.
func ListedOf(o api.Order) Listed {
	l := Listed{
		ID: o.ID, Title: o.Title, Buyer: o.Buyer.Name, Status: o.Status, Late: o.Late, DueAt: o.DueAt,
		ReviewEndsAt: at(o.ReviewEndsAt), CompletedAt: at(o.CompletedAt), CompletedBy: o.CompletedBy,
		CancelledAt: at(o.CancelledAt), Price: o.Price, Payment: o.Payment.Status, ClearsAt: at(o.Payment.ClearsAt),
		Deliveries: len(o.Deliveries), CanDeliver: slices.Contains(o.Allowed, order.Deliver),
	}
	if o.Cancellation != nil {
		l.CancellationBy = o.Cancellation.ProposedBy
	}
	return l
}

func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
