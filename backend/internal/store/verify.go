package store

import (
	"fmt"
	"maps"
	"slices"

	"handover/backend/order"
)

// Findings collects problems, in words for the operator.
type Findings struct{ problems []string }

// Problem adds a problem.
func (f *Findings) Problem(format string, args ...any) {
	f.problems = append(f.problems, fmt.Sprintf(format, args...))
}

// Problems returns the problems, nil for none.
func (f *Findings) Problems() []string { return f.problems }

// Verifier compares records that refer to each other. It is the part of
// [Checks.Verify] that is the same for every store; a store also compares its own
// indexes and keys. The store passes all accounts, then all orders, then the
// other records.
type Verifier struct {
	Findings
	orders   map[string]*verified
	accounts map[string]bool
}

// verified is the part of an order that the verifier compares.
type verified struct {
	seller     string
	status     order.Status
	deliveries int
	lastEvent  order.Status
}

// NewVerifier returns a verifier without records.
func NewVerifier() *Verifier {
	return &Verifier{orders: map[string]*verified{}, accounts: map[string]bool{}}
}

// Account adds an account. found means that its e-mail address finds it.
func (v *Verifier) Account(id string, found bool) {
	v.accounts[id] = true
	if !found {
		v.Problem("account %s is not found by its e-mail address", id)
	}
}

// HasAccount reports whether there is an account with the ID.
func (v *Verifier) HasAccount(id string) bool { return v.accounts[id] }

// Session checks that the session belongs to an account.
func (v *Verifier) Session(tokenHash, accountID string) {
	if !v.accounts[accountID] {
		v.Problem("the session %.8s… belongs to no account", tokenHash)
	}
}

// Order adds the order that is stored under the ID.
func (v *Verifier) Order(id string, o order.Order) {
	if o.ID != id {
		v.Problem("order %s is stored as %s", o.ID, id)
	}
	if !v.accounts[o.SellerID] {
		v.Problem("order %s: its seller has no account", id)
	}
	v.orders[id] = &verified{seller: o.SellerID, status: o.Status, deliveries: len(o.Deliveries)}
}

// HasOrder reports whether there is an order with the ID.
func (v *Verifier) HasOrder(id string) bool { return v.orders[id] != nil }

// Event checks an event, in the order of the log. inPlace means that its key and
// indexes agree with it.
func (v *Verifier) Event(e order.Event, inPlace bool) {
	o := v.orders[e.Order]
	switch {
	case !inPlace:
		v.Problem("event %d is stored in another place", e.Seq)
	case o == nil || o.seller != e.Seller:
		v.Problem("event %d: there is no order %s of this seller", e.Seq, e.Order)
	default:
		o.lastEvent = e.Status
	}
}

// EndOfLog checks that the last event of every order has the order's status.
func (v *Verifier) EndOfLog() {
	for _, id := range slices.Sorted(maps.Keys(v.orders)) {
		if o := v.orders[id]; o.lastEvent != o.status {
			v.Problem("order %s is %s; its last event left it %q", id, o.status, o.lastEvent)
		}
	}
}

// Comments checks the comments of an order.
func (v *Verifier) Comments(o order.Order, comments []order.Comment) {
	for _, fault := range o.CommentFaults(comments) {
		v.Problem("order %s: %s", o.ID, fault)
	}
}

// Upload checks an upload against its order.
func (v *Verifier) Upload(u order.Upload) {
	o := v.orders[u.OrderID]
	switch {
	case o == nil || o.seller != u.SellerID:
		v.Problem("upload %s: there is no order %s of its seller", u.ID, u.OrderID)
	case u.DeliveredIn > o.deliveries:
		v.Problem("upload %s counts as delivered in delivery %d of order %s, which has %d", u.ID, u.DeliveredIn, u.OrderID, o.deliveries)
	}
}

// Counts compares the stored numbers of orders by status with the orders.
func (v *Verifier) Counts(stored map[order.Status]int) {
	counted := map[order.Status]int{}
	for _, o := range v.orders {
		counted[o.status]++
	}
	for _, status := range slices.Sorted(maps.Keys(stored)) {
		if n := stored[status]; n != counted[status] {
			v.Problem("%d orders are %s; the count says %d", counted[status], status, n)
		}
		delete(counted, status)
	}
	for _, status := range slices.Sorted(maps.Keys(counted)) {
		v.Problem("%d orders are %s; they are not counted", counted[status], status)
	}
}
