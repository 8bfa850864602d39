package bolt

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"go.etcd.io/bbolt"

	"handover/backend/order"
)

// Snapshot calls f with the whole file as it is at one moment, and the records
// of all uploads in it. f must not take long and wait for nobody: a change that
// makes the file larger has to wait until it returns.
func (s *Store) Snapshot(_ context.Context, f func(file io.WriterTo, uploads []order.Upload) error) error {
	return s.db.View(func(tx *bbolt.Tx) error {
		var uploads []order.Upload
		err := tx.Bucket(uploadBucket).ForEach(func(k, v []byte) error {
			var u order.Upload
			if err := json.Unmarshal(v, &u); err != nil {
				return fmt.Errorf("read upload %s: %w", k, err)
			}
			uploads = append(uploads, u)
			return nil
		})
		if err != nil {
			return err
		}
		return f(tx, uploads)
	})
}
