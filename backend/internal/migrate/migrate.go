// Package migrate copies all data of a server to another store: records first, then
// the content of uploads. After an interruption it continues at the stored position.
package migrate

import (
	"bytes"
	"context"
	"fmt"

	"handover/backend/internal/store"
)

// batchBytes bounds the size of one transaction, in addition to the number of records.
const batchBytes = 4 << 20

// Progress is the progress of one step.
type Progress struct {
	// Step names the current step for the operator.
	Step string
	// Done and Total count records or files, DoneBytes and TotalBytes the
	// content of files.
	Done, Total, DoneBytes, TotalBytes int64
}

// Tell receives progress, from one goroutine at a time.
type Tell func(Progress)

// Records copies every record from a position on, in transactions of limited size,
// and returns the number of records.
func Records(ctx context.Context, from store.Exporter, to store.Importer, at store.Position, atOnce int, tell Tell) (int64, error) {
	total, err := from.CountRecords(ctx, at)
	if err != nil {
		return 0, fmt.Errorf("count the records: %w", err)
	}
	b := batch{to: to, at: at, most: atOnce, tell: tell, progress: Progress{Step: "records", Total: total}}
	tell(b.progress)
	if err := from.Export(ctx, at, func(r store.Record) error { return b.add(ctx, r) }); err != nil {
		return b.progress.Done, fmt.Errorf("copy the records: %w", err)
	}
	if err := b.flush(ctx); err != nil {
		return b.progress.Done, fmt.Errorf("copy the records: %w", err)
	}
	return b.progress.Done, nil
}

// batch collects records for one transaction.
type batch struct {
	to       store.Importer
	most     int
	at       store.Position // before the first of records
	records  []store.Record
	bytes    int
	tell     Tell
	progress Progress
}

func (b *batch) add(ctx context.Context, r store.Record) error {
	r.Place, r.Key, r.Doc = bytes.Clone(r.Place), bytes.Clone(r.Key), bytes.Clone(r.Doc)
	b.records = append(b.records, r)
	b.bytes += len(r.Place) + len(r.Key) + len(r.Doc)
	if len(b.records) < b.most && b.bytes < batchBytes {
		return nil
	}
	return b.flush(ctx)
}

func (b *batch) flush(ctx context.Context) error {
	if len(b.records) == 0 {
		return nil
	}
	if err := b.to.Import(ctx, b.at, b.records); err != nil {
		return err
	}
	last := b.records[len(b.records)-1]
	b.at = store.Position{Kind: last.Kind, Place: last.Place}
	b.progress.Done += int64(len(b.records))
	clear(b.records)
	b.records, b.bytes = b.records[:0], 0
	b.tell(b.progress)
	return nil
}
