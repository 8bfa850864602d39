package store

import (
	"fmt"

	"handover/backend/order"
)

// Change asks for one change of one order.
type Change struct {
	Order string
	// Key makes the change idempotent. When it is repeated for the same order with
	// the same Request, the store returns the order as stored and does not call
	// Apply. With another Request it returns Exists.
	Key, Request string
	// Uploads are the IDs of the records that Apply needs. A missing record
	// refuses the change with UploadMissing. Afterwards the uploads count as
	// delivered.
	Uploads []string
	// Comments, if not nil, receives the order's comments before each call of
	// Apply. The store then saves the list as Apply leaves it, unless Apply
	// returns an error or no events.
	Comments *[]order.Comment
	// Apply changes the order and returns the events. The store commits events
	// that come with an error: a deadline takes effect even when the command is
	// refused. Apply may be called again after a conflict, and must change only
	// the order and Comments. When it changes the order's ReviewHash, only the
	// token of that hash opens the order from then on; the same holds for
	// ViewLinks and viewers.
	Apply func(o *order.Order, uploads []order.Upload) ([]order.Event, error)
}

// ChangeTx is the transaction of an implementation in which [Change.Run] works.
type ChangeTx interface {
	// Order reads an order and locks it until the transaction ends.
	Order(id string) (order.Order, error)
	// Request returns the request that the order's key was used for.
	Request(orderID, key string) (request string, used bool, err error)
	// Uploads reads and locks the records that exist, by ID.
	Uploads(ids []string) (map[string]order.Upload, error)
	// Comments reads the comments of an order.
	Comments(orderID string) ([]order.Comment, error)
	// Record stores the comments and the key of a change, if it has them, and the
	// uploads.
	Record(c Change, delivered []order.Upload) error
	// Save stores the order with its events.
	Save(r Revision) error
}

// Run carries the change out. It returns the order as stored, and the refusal
// that [Orders.Change] returns after the commit. With err the transaction must
// roll back.
func (c Change) Run(tx ChangeTx) (o order.Order, refused, err error) {
	before, err := tx.Order(c.Order)
	if err != nil {
		return o, nil, err
	}
	if c.Key != "" {
		request, used, err := tx.Request(c.Order, c.Key)
		if err != nil {
			return o, nil, err
		}
		if used {
			return before, nil, SameRequest(request, c.Request)
		}
	}
	uploads, missing, err := c.uploads(tx)
	if err != nil || missing != nil {
		return before, missing, err
	}
	if c.Comments != nil {
		if *c.Comments, err = tx.Comments(c.Order); err != nil {
			return o, nil, err
		}
	}
	after := before
	events, refused := c.Apply(&after, uploads)
	if len(events) == 0 {
		return after, refused, nil
	}
	if refused == nil {
		if err := tx.Record(c, newlyDelivered(uploads, len(after.Deliveries))); err != nil {
			return o, nil, err
		}
	}
	r := Revise(before, after, events)
	return r.After, refused, tx.Save(r)
}

// uploads returns the records in the order of the change's IDs.
func (c Change) uploads(tx ChangeTx) (uploads []order.Upload, missing, err error) {
	if len(c.Uploads) == 0 {
		return nil, nil, nil
	}
	found, err := tx.Uploads(c.Uploads)
	if err != nil {
		return nil, nil, err
	}
	uploads = make([]order.Upload, len(c.Uploads))
	for i, id := range c.Uploads {
		u, ok := found[id]
		if !ok {
			return nil, &order.Error{Code: order.UploadMissing, Field: "files", Message: fmt.Sprintf("the upload %q has not arrived whole", id)}, nil
		}
		uploads[i] = u
	}
	return uploads, nil, nil
}

// newlyDelivered returns the uploads that no earlier delivery names, as uploads of
// the delivery.
func newlyDelivered(uploads []order.Upload, delivery int) []order.Upload {
	var delivered []order.Upload
	for _, u := range uploads {
		if u.DeliveredIn == 0 {
			u.DeliveredIn = delivery
			delivered = append(delivered, u)
		}
	}
	return delivered
}

// SameRequest returns Exists when an idempotency key that was used for one
// request is used for another.
func SameRequest(first, repeated string) error {
	if first != repeated {
		return &order.Error{Code: order.Exists, Field: "Idempotency-Key", Message: "this Idempotency-Key was used for another request"}
	}
	return nil
}

// Revision is an order before and after a change, with the events of the change.
// Before is the zero value for a new order.
//
// A store that saves events which complete an order also saves the result of
// [order.SendRest] for the order's comments.
type Revision struct {
	Before, After order.Order
	Events        []order.Event
}

// Revise returns the revision. It counts the order's version up, unless all
// events are quiet.
func Revise(before, after order.Order, events []order.Event) Revision {
	if !order.Quiet(events) {
		after.Version++
	}
	return Revision{before, after, events}
}

// PlaceRevision returns the revision that stores a new order.
func PlaceRevision(n NewOrder) Revision {
	n.Order.ReviewHash = n.ReviewHash
	return Revise(order.Order{}, n.Order, []order.Event{n.Event})
}

// ViewRevisions returns the revisions that record views, in their order. found
// are the orders as stored, by ID.
func ViewRevisions(found map[string]order.Order, views []order.View, p order.Policy) []Revision {
	var all []Revision
	for _, v := range views {
		before, ok := found[v.Order]
		if !ok {
			continue
		}
		after := before
		events := after.RecordView(v, p)
		if len(events) == 0 {
			continue
		}
		r := Revise(before, after, events)
		found[v.Order] = r.After
		all = append(all, r)
	}
	return all
}
