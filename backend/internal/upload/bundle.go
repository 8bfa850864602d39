package upload

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// What a bundle may hold. A client that has more sends another.
const (
	bundleType     = "application/vnd.handover.bundle"
	bundleFileSize = 64 << 10 // of one file, within bufferSize
	bundleFiles    = 128
	bundleBytes    = 8 << 20
	bundleLine     = 16 << 10 // of what is said of one file
	bundleSyncs    = 8        // at once
)

// bundle is many small files that come in one request and share all that is not
// their content: the request itself, and the syncs that make their names and
// their records durable.
//
// The content of the request is, for each file, a line and then its bytes. The
// line is its length, a space, and what would be its Upload-Metadata. The files
// become uploads all together or not at all; the answer has their addresses and
// digests in the order of the request.
type bundle struct {
	s      *Service
	seller string
	may    map[string]bool // orders that the seller may upload for
	taken  []content.Small
}

// told is what the answer says of a file.
type told struct {
	Location string `json:"location"`
	SHA256   string `json:"sha256"`
}

func isBundle(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == BasePath && r.Header.Get("Content-Type") == bundleType
}

func (s *Service) serveBundle(a *answer, r *http.Request, ex *requestState) error {
	switch {
	case r.ContentLength < 0:
		return errBundle("it has no Content-Length")
	case r.ContentLength > bundleBytes:
		return &order.Error{Code: order.TooLarge, Message: "the bundle is larger than one may be; send several"}
	}
	if err := s.roomFor(r.Context(), ex.seller, r.ContentLength, r.ContentLength); err != nil {
		return err
	}
	b := &bundle{s: s, seller: ex.seller, may: map[string]bool{}}
	// The bytes are there then; that the client has hung up is no reason to stop.
	err := b.receive(r.Context(), &patient{r.Body, http.NewResponseController(a), s.networkTimeout()})
	if err == nil {
		err = b.sync()
	}
	b.close() // Windows replaces no file that is open, as what is there twice
	if err == nil {
		err = b.record()
	}
	if err != nil {
		return errors.Join(err, b.undo())
	}
	list := make([]told, len(b.taken))
	for i, t := range b.taken {
		list[i] = told{b.s.publicPathOf(t.Info().ID), t.Info().SHA256}
	}
	a.Header().Set("Content-Type", "application/json")
	a.WriteHeader(http.StatusOK)
	_ = json.NewEncoder(a).Encode(list) // a client that does not stay for the answer needs none
	return nil
}

// receive reads and writes the files.
func (b *bundle) receive(ctx context.Context, src io.Reader) error {
	buf := b.s.buffers.Get()
	defer b.s.buffers.Put(buf)
	in := bufio.NewReaderSize(src, bundleLine)
	for {
		next, err := b.announced(ctx, in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data := (*buf)[:next.Size]
		if _, err := io.ReadFull(in, data); err != nil {
			return broken(err)
		}
		t, err := b.s.writer.Keep(next, data)
		if err != nil {
			return fmt.Errorf("write a file of a bundle: %w", err)
		}
		b.taken = append(b.taken, t)
	}
}

// sync makes the content of all files durable. They are written by then, so
// that one sync takes much of what others need along.
func (b *bundle) sync() error {
	next, errs := make(chan content.Small), make(chan error)
	for range bundleSyncs {
		go func() {
			var err error
			for t := range next {
				err = errors.Join(err, t.Sync())
			}
			errs <- err
		}()
	}
	for _, t := range b.taken {
		next <- t
	}
	close(next)
	var err error
	for range bundleSyncs {
		err = errors.Join(err, <-errs)
	}
	return err
}

// announced reads what is said of the next file, or returns io.EOF when there is
// none.
func (b *bundle) announced(ctx context.Context, in *bufio.Reader) (next content.Info, err error) {
	line, err := in.ReadSlice('\n')
	switch {
	case errors.Is(err, io.EOF) && len(line) == 0:
		if len(b.taken) == 0 {
			return next, errBundle("it is empty")
		}
		return next, io.EOF
	case errors.Is(err, bufio.ErrBufferFull):
		return next, errBundle("a line is too long")
	case err != nil:
		return next, broken(err)
	case len(b.taken) == bundleFiles:
		return next, errBundle("it has too many files")
	}
	length, metadata, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), " ")
	size, err := strconv.ParseUint(length, 10, 63)
	if err != nil || size == 0 || size > bundleFileSize {
		return next, errBundle("a length is not one of a small file")
	}
	if int64(size) > b.s.MaxFileSize {
		return next, handler.ErrMaxSizeExceeded
	}
	meta, err := b.permit(ctx, metadata)
	return content.Info{
		ID: content.NewID(), SellerID: b.seller, OrderID: meta[metaOrder], Path: meta[metaPath], Size: int64(size), CreatedAt: b.s.Now().UTC(),
	}, err
}

// permit is the service's, but asks about each order once.
func (b *bundle) permit(ctx context.Context, metadata string) (map[string]string, error) {
	meta, err := parseMetadata(metadata)
	if err == nil && b.may[meta[metaOrder]] {
		return meta, order.CheckPath(meta[metaPath])
	}
	if err == nil {
		meta, err = b.s.permit(ctx, b.seller, metadata)
	}
	if err == nil {
		b.may[meta[metaOrder]] = true
	}
	return meta, err
}

// record makes the uploads be.
func (b *bundle) record() error {
	records := make([]order.Upload, len(b.taken))
	for i, t := range b.taken {
		records[i] = t.Info().Record()
	}
	if err := b.s.records.Do(records...); err != nil {
		return fmt.Errorf("finish the uploads of a bundle: %w", err)
	}
	for _, t := range b.taken {
		(&stored{s: b.s, in: t.Info(), fresh: true}).conclude()
	}
	return nil
}

// close closes the files; what had to be written to them is synced.
func (b *bundle) close() {
	for _, t := range b.taken {
		t.Close()
	}
}

// undo leaves nothing of a bundle that could not be received.
func (b *bundle) undo() (err error) {
	for _, t := range b.taken {
		err = errors.Join(err, b.s.writer.RemoveContent(t.Info().ID))
	}
	return errors.Join(err, b.s.writer.Flush())
}

// patient gives up on a client that sends nothing for too long.
type patient struct {
	io.Reader
	conn *http.ResponseController
	wait time.Duration
}

func (p *patient) Read(b []byte) (int, error) {
	// A connection without deadlines is waited for as long as it lasts.
	_ = p.conn.SetReadDeadline(time.Now().Add(p.wait))
	n, err := p.Reader.Read(b)
	if errors.Is(err, io.EOF) {
		_ = p.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

func (s *Service) networkTimeout() time.Duration {
	if s.NetworkTimeout > 0 {
		return s.NetworkTimeout
	}
	return time.Minute
}

func errBundle(what string) error {
	return &order.Error{Code: order.Invalid, Message: "this is not a bundle: " + what}
}

// broken is the error for a bundle that does not arrive whole, which is the
// client's concern, unless it is us who stop.
func broken(err error) error {
	if errors.Is(err, handler.ErrServerShutdown) {
		return err
	}
	return errBundle("it breaks off")
}
