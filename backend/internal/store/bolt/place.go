package bolt

import (
	"context"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Place implements [store.Orders].
func (s orders) Place(ctx context.Context, o order.Order, e order.Event, reviewHash string) (order.Order, error) {
	placed, err := s.PlaceAll(ctx, store.Placement{Orders: []store.NewOrder{{Order: o, Event: e, ReviewHash: reviewHash}}})
	if err != nil {
		return order.Order{}, err
	}
	return placed[0], nil
}

// PlaceAll implements [store.Orders].
func (s orders) PlaceAll(_ context.Context, p store.Placement) ([]order.Order, error) {
	var placed []order.Order
	repeated := false
	err := s.db.Update(func(tx *bbolt.Tx) error {
		k := key([]byte(p.SellerID), []byte(p.Key))
		if repeated = p.Key != "" && tx.Bucket(placeBucket).Get(k) != nil; repeated {
			var err error
			placed, err = placedBefore(tx, k, p.Request)
			return err
		}
		record := store.Placed{Request: p.Request}
		for _, n := range p.Orders {
			o, err := place(tx, n)
			if err != nil {
				return err
			}
			placed = append(placed, o)
			record.Orders = append(record.Orders, o.ID)
		}
		if p.Key == "" {
			return nil
		}
		return put(tx, placeBucket, k, record)
	})
	if err != nil {
		return nil, err
	}
	if !repeated {
		s.announce()
	}
	return placed, nil
}

// placedBefore returns the orders of the first use of a placement's key.
func placedBefore(tx *bbolt.Tx, k []byte, request string) ([]order.Order, error) {
	before, err := get[store.Placed](tx, placeBucket, k, "placement")
	if err != nil {
		return nil, err
	}
	if err := store.SameRequest(before.Request, request); err != nil {
		return nil, err
	}
	orders := make([]order.Order, len(before.Orders))
	for i, id := range before.Orders {
		if orders[i], err = get[order.Order](tx, orderBucket, []byte(id), "order"); err != nil {
			return nil, err
		}
	}
	return orders, nil
}

func place(tx *bbolt.Tx, n store.NewOrder) (order.Order, error) {
	if tx.Bucket(orderBucket).Get([]byte(n.Order.ID)) != nil {
		return order.Order{}, store.ErrOrderExists
	}
	r := store.PlaceRevision(n)
	return r.After, save(tx, r)
}
