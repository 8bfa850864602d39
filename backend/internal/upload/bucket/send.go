package bucket

import (
	"errors"
	"slices"

	"handover/backend/internal/upload/content"
)

const (
	// inFlight is how many parts of an upload are sent in parallel. Receiving and
	// sending then overlap, and the upload is faster than one connection, whose speed
	// services limit. Each part takes room in the temporary space.
	inFlight = 4
	// reserved is how many numbers an info reserves for parts that are sent before
	// the next info is written: at most inFlight, see send.
	reserved = inFlight
)

// partSent is a part that is being sent.
type partSent struct {
	number int32
	end    int64  // its end in the upload
	state  []byte // of the hash up to end
	etag   string
	err    error
	done   chan struct{}
}

// send begins to send the spool as a part, and then stores an info with the parts
// that have arrived: after a crash, the client repeats little more than the others.
func (a *appending) send() error {
	if err := a.confirmArrived(); err != nil {
		return err
	}
	if err := a.reserve(); err != nil {
		return err
	}
	a.sniff()
	state, err := a.hash.State()
	if err != nil {
		return err
	}
	p := &partSent{number: a.next, end: a.pos, state: state, done: make(chan struct{})}
	full, id, uploadID := a.spool, a.in.ID, a.in.Object.UploadID
	a.next++
	a.base, a.spool, a.parts = a.pos, nil, append(a.parts, p)
	go func() { // until confirm
		defer close(p.done)
		defer full.release()
		p.etag, p.err = a.b.objects.SendPart(contentOf(id), uploadID, p.number, full.content(), full.filled)
	}()
	if a.in.Offset == a.u.in.Offset {
		return nil
	}
	return a.commit(true)
}

// confirmArrived adds the parts that have arrived to the next info. With inFlight
// parts it first waits for the oldest.
func (a *appending) confirmArrived() error {
	for len(a.parts) == inFlight || len(a.parts) > 0 && a.parts[0].arrived() {
		if err := a.confirm(); err != nil {
			return err
		}
	}
	return nil
}

// arrived reports whether the request has ended.
func (p *partSent) arrived() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// sniff detects the type while the spool has the beginning of the content.
func (a *appending) sniff() {
	if a.base == 0 {
		a.in.Type = content.DetectType(a.spool.content(), a.in.Path)
	}
}

// reserve ensures that the stored info names the multipart upload and reserves the
// number of the next part.
func (a *appending) reserve() error {
	if a.in.Object.UploadID != "" && a.next < a.limit {
		return nil
	}
	if a.in.Object.UploadID == "" {
		o := *a.in.Object
		var err error
		if o.UploadID, err = a.b.objects.CreateMultipart(contentOf(a.in.ID)); err != nil {
			return err
		}
		a.in.Object = &o
	}
	return a.commit(true)
}

// confirmAll waits for all parts and returns their errors.
func (a *appending) confirmAll() (err error) {
	for len(a.parts) > 0 {
		err = a.confirm()
	}
	return err
}

// confirm waits for the oldest part and adds it to the next info.
func (a *appending) confirm() error {
	p := a.parts[0]
	a.parts = a.parts[1:]
	<-p.done
	if a.failed = errors.Join(a.failed, p.err); a.failed != nil {
		return a.failed
	}
	o := *a.in.Object
	o.Parts = append(slices.Clip(o.Parts), content.Segment{Number: p.number, ETag: p.etag, Size: p.end - o.Size()})
	if o.Tail != "" { // its bytes are in the part
		a.spent, o.Tail = append(a.spent, o.Tail), ""
	}
	a.in.Object, a.in.Offset, a.in.HashState = &o, p.end, p.state
	return nil
}

// commit stores the info. With more, it reserves numbers for more parts.
func (a *appending) commit(more bool) error {
	if a.in.Object != nil {
		o := *a.in.Object
		if o.Next = a.next; more {
			o.Next += reserved
		}
		a.in.Object = &o
	}
	if err := a.u.commit(a.in); err != nil {
		return err
	}
	a.u.in = a.in
	if a.in.Object != nil {
		a.limit = a.in.Object.Next
	}
	for _, name := range a.spent {
		if err := a.b.objects.Delete(name); err != nil {
			a.b.Log.Warn("cannot delete an object; the janitor will", "object", name, "error", err)
		}
	}
	a.spent = nil
	return nil
}
