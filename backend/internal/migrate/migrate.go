// Package migrate takes all that one server keeps over to another store: records
// first, then the content of uploads. Killed at any moment it goes on where it
// was, and carries nothing twice.
package migrate

import (
	"bytes"
	"context"
	"fmt"

	"handover/backend/internal/store"
)

// batchBytes bounds what goes over in one transaction, beside the number of
// records.
const batchBytes = 4 << 20

// Progress says how far one step has come.
type Progress struct {
	// Step is what is done now, in words for the operator.
	Step string
	// Done and Total count records or files, DoneBytes and TotalBytes the
	// content of files.
	Done, Total, DoneBytes, TotalBytes int64
}

// Tell is told of progress, from one goroutine at a time.
type Tell func(Progress)

// Records carries every record from a position on, up to so many in one
// transaction, and returns how many those were.
func Records(ctx context.Context, from store.Exporter, to store.Importer, at store.Position, atOnce int, tell Tell) (int64, error) {
	total, err := from.CountRecords(ctx, at)
	if err != nil {
		return 0, fmt.Errorf("count the records: %w", err)
	}
	b := batch{to: to, at: at, most: atOnce, tell: tell, progress: Progress{Step: "records", Total: total}}
	tell(b.progress)
	err = from.Export(ctx, at, func(r store.Record) error { return b.add(ctx, r) })
	if err == nil {
		err = b.flush(ctx)
	}
	if err != nil {
		err = fmt.Errorf("carry the records: %w", err)
	}
	return b.progress.Done, err
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
