package bolt

import (
	"context"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Place implements [store.Orders].
func (s *Store) Place(ctx context.Context, o order.Order, e order.Event, reviewHash string) (order.Order, error) {
	placed, err := s.PlaceAll(ctx, store.Placement{Orders: []store.NewOrder{{Order: o, Event: e, ReviewHash: reviewHash}}})
	if err != nil {
		return order.Order{}, err
	}
	return placed[0], nil
}

// PlaceAll implements [store.Orders].
func (s *Store) PlaceAll(_ context.Context, p store.Placement) ([]order.Order, error) {
	var placed []order.Order
	again := false
	err := s.db.Update(func(tx *bbolt.Tx) error {
		k := key([]byte(p.SellerID), []byte(p.Key))
		if again = p.Key != "" && tx.Bucket(placeBucket).Get(k) != nil; again {
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
	if !again {
		s.announce()
	}
	return placed, nil
}

func placedBefore(tx *bbolt.Tx, k []byte, request string) ([]order.Order, error) {
	before, err := get[store.Placed](tx, placeBucket, k, "placement")
	if err != nil {
		return nil, err
	}
	if err := sameRequest(before.Request, request); err != nil {
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
	o := n.Order
	if tx.Bucket(orderBucket).Get([]byte(o.ID)) != nil {
		return o, &order.Error{Code: order.Exists, Message: "there is an order with this ID already"}
	}
	o.ReviewHash = n.ReviewHash
	return o, save(tx, order.Order{}, &o, []order.Event{n.Event})
}
