// Package bundle receives many small files in one request. They share the request
// and the syncs that make their names and their records durable.
//
// The body of the request has, for each file, a line and then the content. The line
// is the length of the content in bytes, a space, and the Upload-Metadata of the
// file. All files become uploads, or none does.
package bundle

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	"handover/backend/internal/upload/admission"
	"handover/backend/internal/upload/content"
	"handover/backend/internal/upload/receive"
	"handover/backend/order"
)

// MediaType is the Content-Type of a bundle.
const MediaType = "application/vnd.handover.bundle"

// The limits of a bundle. A client with more files sends several bundles.
const (
	maxFileSize = 64 << 10 // at most content.BufferSize
	maxFiles    = 128
	maxBytes    = 8 << 20
	maxLine     = 16 << 10
	parallel    = 8 // syncs
)

// Config is what a [Receiver] needs.
type Config struct {
	Receiver    *receive.Receiver
	Admission   *admission.Admission
	Writer      content.Writer
	MaxFileSize int64 // bytes, inclusive
	Now         func() time.Time
}

// Receiver receives bundles. It is safe for concurrent use.
type Receiver struct {
	Config
	buffers content.Buffers
}

// New returns a receiver.
func New(c Config) *Receiver { return &Receiver{Config: c} }

// Receive receives a bundle of the seller's. length is the Content-Length, negative
// when the request has none. It returns the infos of the new uploads in the order of
// the bundle. With an error, it has stored nothing.
func (r *Receiver) Receive(ctx context.Context, seller string, length int64, body io.Reader) ([]content.Info, error) {
	switch {
	case length < 0:
		return nil, bad("it has no Content-Length")
	case length > maxBytes:
		return nil, &order.Error{Code: order.TooLarge, Message: "the bundle is larger than one may be; send several"}
	}
	if err := r.Admission.Room(ctx, seller, length, length); err != nil {
		return nil, err
	}
	b := &bundle{r: r, seller: seller, may: map[string]bool{}}
	err := b.store(ctx, body)
	b.close() // Windows cannot replace an open file, which sharing of equal content does
	if err != nil {
		return nil, errors.Join(err, b.undo())
	}
	// The bytes are durable now, so the records do not depend on the client.
	if err := b.record(); err != nil {
		return nil, errors.Join(err, b.undo())
	}
	list := make([]content.Info, len(b.files))
	for i, f := range b.files {
		list[i] = f.Info()
	}
	return list, nil
}

// bundle is one bundle while it is received.
type bundle struct {
	r      *Receiver
	seller string
	may    map[string]bool // orders that the seller may upload for
	files  []content.Small
}

// store writes the files and makes their content durable.
func (b *bundle) store(ctx context.Context, body io.Reader) error {
	if err := b.receive(ctx, body); err != nil {
		return err
	}
	return b.sync()
}

func (b *bundle) receive(ctx context.Context, body io.Reader) error {
	buf := b.r.buffers.Get()
	defer b.r.buffers.Put(buf)
	src := bufio.NewReaderSize(body, maxLine)
	for {
		next, err := b.header(ctx, src)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data := (*buf)[:next.Size]
		if _, err := io.ReadFull(src, data); err != nil {
			return cutOff(err)
		}
		f, err := b.r.Writer.Keep(next, data)
		if err != nil {
			return fmt.Errorf("write a file of a bundle: %w", err)
		}
		b.files = append(b.files, f)
	}
}

// sync makes the content of all files durable. All files are written before the
// first sync, so that one sync covers much of what the others need.
func (b *bundle) sync() error {
	next, errs := make(chan content.Small), make(chan error)
	for range parallel {
		go func() {
			var err error
			for f := range next {
				err = errors.Join(err, f.Sync())
			}
			errs <- err
		}()
	}
	for _, f := range b.files {
		next <- f
	}
	close(next)
	var err error
	for range parallel {
		err = errors.Join(err, <-errs)
	}
	return err
}

// header reads the line of the next file. It returns io.EOF after the last file.
func (b *bundle) header(ctx context.Context, src *bufio.Reader) (content.Info, error) {
	line, err := src.ReadSlice('\n')
	switch {
	case errors.Is(err, io.EOF) && len(line) == 0:
		if len(b.files) == 0 {
			return content.Info{}, bad("it is empty")
		}
		return content.Info{}, io.EOF
	case errors.Is(err, bufio.ErrBufferFull):
		return content.Info{}, bad("a line is too long")
	case err != nil:
		return content.Info{}, cutOff(err)
	case len(b.files) == maxFiles:
		return content.Info{}, bad("it has too many files")
	}
	length, metadata, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), " ")
	size, err := strconv.ParseUint(length, 10, 63)
	if err != nil || size == 0 || size > maxFileSize {
		return content.Info{}, bad("a length is not that of a small file")
	}
	if int64(size) > b.r.MaxFileSize {
		return content.Info{}, handler.ErrMaxSizeExceeded
	}
	meta, err := b.permit(ctx, metadata)
	return content.Info{
		ID: content.NewID(), SellerID: b.seller, OrderID: meta.Order, Path: meta.Path, Size: int64(size), CreatedAt: b.r.Now().UTC(),
	}, err
}

// permit is the admission's Permit, but asks about each order once.
func (b *bundle) permit(ctx context.Context, header string) (admission.Metadata, error) {
	meta, err := admission.ParseMetadata(header)
	if err != nil {
		return meta, err
	}
	if b.may[meta.Order] {
		return meta, order.CheckPath(meta.Path)
	}
	if meta, err = b.r.Admission.Permit(ctx, b.seller, header); err != nil {
		return meta, err
	}
	b.may[meta.Order] = true
	return meta, nil
}

// record records the uploads in the ledger.
func (b *bundle) record() error {
	records := make([]order.Upload, len(b.files))
	for i, f := range b.files {
		records[i] = f.Info().Record()
	}
	if err := b.r.Receiver.Record(records...); err != nil {
		return fmt.Errorf("finish the uploads of a bundle: %w", err)
	}
	for _, f := range b.files {
		b.r.Receiver.Fresh(f.Info()).Conclude()
	}
	return nil
}

func (b *bundle) close() {
	for _, f := range b.files {
		f.Close()
	}
}

// undo removes the files.
func (b *bundle) undo() (err error) {
	for _, f := range b.files {
		err = errors.Join(err, b.r.Writer.RemoveContent(f.Info().ID))
	}
	return errors.Join(err, b.r.Writer.Flush())
}

func bad(what string) error {
	return &order.Error{Code: order.Invalid, Message: "this is not a bundle: " + what}
}

// cutOff returns the error for a bundle that ends too early. That is the client's
// fault, unless this server closes.
func cutOff(err error) error {
	if errors.Is(err, handler.ErrServerShutdown) {
		return err
	}
	return bad("it ends too early")
}
