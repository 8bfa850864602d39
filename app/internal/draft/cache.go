package draft

import (
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend/api"
)

const asOfSetting = "orders_as_of"

// CacheOrders replaces all cached orders with those from the server.
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

// CacheOrder stores one order from the server. Its points are stored separately,
// because lists of orders do not include them.
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

// CachedOrders returns the cached orders by ID, and when they were received; the zero
// time if they never were.
func (s *Store) CachedOrders() (orders []api.Order, asOf time.Time, err error) {
	if asOf, err = s.AsOf(); err != nil {
		return nil, asOf, err
	}
	err = s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(orderBucket).ForEach(func(_, raw []byte) error {
			var o api.Order
			if json.Unmarshal(raw, &o) == nil { // skip a damaged entry; the server sends it again
				orders = append(orders, o)
			}
			return nil
		})
	})
	return orders, asOf, err
}

// AsOf returns when the complete list of orders was last received; zero for never.
func (s *Store) AsOf() (asOf time.Time, err error) {
	err = s.Setting(asOfSetting, &asOf)
	return asOf, err
}

// NoteAsOf records that the cached orders were still current at the time.
func (s *Store) NoteAsOf(asOf time.Time) error { return s.PutSetting(asOfSetting, asOf) }

// CachedOrder returns one cached order.
func (s *Store) CachedOrder(id string) (o api.Order, found bool, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		raw := tx.Bucket(orderBucket).Get([]byte(id))
		if raw == nil {
			return nil
		}
		found = json.Unmarshal(raw, &o) == nil
		if raw := tx.Bucket(settingBucket).Get(pointsSetting(id)); raw != nil && o.Points == nil {
			_ = json.Unmarshal(raw, &o.Points) // skip damaged points; the server sends them again
		}
		return nil
	})
	return o, found, err
}

// PutSetting stores a value under a name.
func (s *Store) PutSetting(name string, v any) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		return put(tx.Bucket(settingBucket), []byte(name), v)
	})
}

// Setting decodes the value stored under the name into v. A missing setting
// leaves v unchanged.
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
