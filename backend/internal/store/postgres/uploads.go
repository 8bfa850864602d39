package postgres

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// FinishUpload implements [store.Uploads].
func (s uploads) FinishUpload(ctx context.Context, u order.Upload) error {
	return s.FinishUploads(ctx, []order.Upload{u})
}

// FinishUploads implements [store.Uploads].
func (s uploads) FinishUploads(ctx context.Context, us []order.Upload) error {
	us = slices.SortedFunc(slices.Values(us), func(a, b order.Upload) int { return cmp.Compare(a.ID, b.ID) })
	return s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		b := &pgx.Batch{}
		for _, u := range us {
			doc, err := encode(u)
			if err != nil {
				return err
			}
			b.Queue("INSERT INTO uploads (id, seller, sha256, size, delivered_in, doc) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
				u.ID, u.SellerID, u.SHA256, u.Size, u.DeliveredIn, doc)
		}
		return tx.SendBatch(ctx, b).Close()
	})
}

// EachUpload implements [store.Uploads].
func (s uploads) EachUpload(ctx context.Context, f func(order.Upload) error) error {
	return s.view(ctx, func(tx pgx.Tx) error {
		return each(ctx, tx, "SELECT doc FROM uploads ORDER BY id", "upload", f)
	})
}

// Upload implements [store.Uploads].
func (s uploads) Upload(ctx context.Context, id string) (u order.Upload, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		u, err = find[order.Upload](ctx, q, "upload", "SELECT doc FROM uploads WHERE id = $1", id)
		return err
	})
	return u, err
}

// DropUpload implements [store.Uploads].
func (s uploads) DropUpload(ctx context.Context, id string) error {
	return s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		u, err := find[order.Upload](ctx, tx, "upload", "SELECT doc FROM uploads WHERE id = $1 FOR UPDATE", id)
		if store.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if u.DeliveredIn != 0 {
			return store.ErrUploadDelivered
		}
		_, err = tx.Exec(ctx, "DELETE FROM uploads WHERE id = $1", id)
		return err
	})
}

// UploadWith implements [store.Uploads].
func (s uploads) UploadWith(ctx context.Context, sellerID, sha256 string, size int64, not string) (u order.Upload, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		u, err = find[order.Upload](ctx, q, "upload",
			"SELECT doc FROM uploads WHERE sha256 = $1 AND seller = $2 AND size = $3 AND id <> $4 ORDER BY id LIMIT 1", sha256, sellerID, size, not)
		return err
	})
	return u, err
}

// StoredBytes implements [store.Uploads]. It adds the sizes up from an index. A
// stored sum would make all uploads of a seller wait for each other.
func (s uploads) StoredBytes(ctx context.Context, sellerID string) (sum int64, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		return q.QueryRow(ctx, `SELECT coalesce(sum(size), 0)::bigint FROM
			(SELECT DISTINCT ON (sha256) size FROM uploads WHERE seller = $1 ORDER BY sha256, id) AS contents`, sellerID).Scan(&sum)
	})
	return sum, err
}
