package draft

import (
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend/api"
)

const asOfSetting = "orders_as_of"

// CacheOrders keeps the orders as the server told them, in place of all that
// were kept before.
func (s *Store) CacheOrders(orders []api.Order, asOf time.Time) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		if err := tx.DeleteBucket(orderBucket); err != nil {
			return err
		}
		bucket, err := tx.CreateBucket(orderBucket)
		if err != nil {
			return err
		}
		for _, o := range orders {
			if err := put(bucket, []byte(o.ID), o); err != nil {
				return err
			}
		}
		return put(tx.Bucket(settingBucket), []byte(asOfSetting), asOf)
	})
}

// CacheOrder keeps one order, as the server answers to a question about it
// alone. Its points are kept apart, because lists of orders do without them.
func (s *Store) CacheOrder(o api.Order) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		if err := put(tx.Bucket(orderBucket), []byte(o.ID), o); err != nil {
			return err
		}
		if len(o.Points) == 0 {
			return tx.Bucket(settingBucket).Delete(pointsSetting(o.ID))
		}
		return put(tx.Bucket(settingBucket), pointsSetting(o.ID), o.Points)
	})
}

func pointsSetting(order string) []byte { return []byte("points of " + order) }

// CachedOrders returns the orders as last told, by ID, and when that was; the
// zero time when none were.
func (s *Store) CachedOrders() (orders []api.Order, asOf time.Time, err error) {
	if asOf, err = s.AsOf(); err != nil {
		return nil, asOf, err
	}
	err = s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(orderBucket).ForEach(func(_, raw []byte) error {
			var o api.Order
			if json.Unmarshal(raw, &o) == nil { // what is damaged here the server tells again
				orders = append(orders, o)
			}
			return nil
		})
	})
	return orders, asOf, err
}

// AsOf returns when the orders were last told as a whole; zero for never.
func (s *Store) AsOf() (asOf time.Time, err error) {
	err = s.Setting(asOfSetting, &asOf)
	return asOf, err
}

// NoteAsOf notes that the orders were still as kept at the time.
func (s *Store) NoteAsOf(asOf time.Time) error { return s.PutSetting(asOfSetting, asOf) }

// CachedOrder returns one order as last told.
func (s *Store) CachedOrder(id string) (o api.Order, found bool, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		raw := tx.Bucket(orderBucket).Get([]byte(id))
		if raw == nil {
			return nil
		}
		found = json.Unmarshal(raw, &o) == nil
		if raw := tx.Bucket(settingBucket).Get(pointsSetting(id)); raw != nil && o.Points == nil {
			_ = json.Unmarshal(raw, &o.Points) // what is damaged here the server tells again
		}
		return nil
	})
	return o, found, err
}

// PutSetting keeps a value under a name.
func (s *Store) PutSetting(name string, v any) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		return put(tx.Bucket(settingBucket), []byte(name), v)
	})
}

// Setting decodes the value under the name into v, which stays as it is when
// there is none.
func (s *Store) Setting(name string, v any) error {
	return s.db.View(func(tx *bbolt.Tx) error {
		raw := tx.Bucket(settingBucket).Get([]byte(name))
		if raw == nil {
			return nil
		}
		if err := json.Unmarshal(raw, v); err != nil {
			return fmt.Errorf("read the setting %s: %w", name, err)
		}
		return nil
	})
}
