package bucket

import (
	"errors"
	"slices"

	"handover/backend/internal/upload/content"
)

const (
	// inFlight is how many parts of an upload are sent at once, so that receiving
	// and sending overlap, and one connection's speed does not bound an upload:
	// services give each its share only. Each takes room in the temporary space.
	inFlight = 4
	// reserved is how many numbers an info keeps for parts that are sent before
	// the next info is written: as many as there can be, see send.
	reserved = inFlight
)

// partSent is a part under way.
type partSent struct {
	number int32
	end    int64  // of it in the upload
	state  []byte // of the hash up to there
	etag   string
	err    error
	done   chan struct{}
}

// send begins to send the spool as a part, and then stores an info with those
// that have arrived, so that a crash costs the client little more than what is
// under way.
func (a *appending) send() error {
	if err := a.settle(); err != nil {
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
		p.etag, p.err = a.b.sendPart(contentOf(id), uploadID, p.number, full)
	}()
	if a.in.Offset == a.u.in.Offset {
		return nil
	}
	return a.commit(true)
}

// settle takes the parts that have arrived into the next info. It waits for the
// oldest when no other may be sent beside it.
func (a *appending) settle() error {
	for len(a.parts) == inFlight || len(a.parts) > 0 && a.parts[0].arrived() {
		if err := a.confirm(); err != nil {
			return err
		}
	}
	return nil
}

// arrived reports whether confirm need not wait for it.
func (p *partSent) arrived() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// sniff notes the type while the beginning of the content is at hand.
func (a *appending) sniff() {
	if a.base == 0 {
		a.in.Type = content.DetectType(a.spool.content(), a.in.Path)
	}
}

// reserve makes sure that the stored info knows of the multipart upload and keeps
// the number of the next part for us.
func (a *appending) reserve() error {
	if a.in.Object.UploadID != "" && a.next < a.limit {
		return nil
	}
	if a.in.Object.UploadID == "" {
		o := *a.in.Object
		var err error
		if o.UploadID, err = a.b.createMultipart(contentOf(a.in.ID)); err != nil {
			return err
		}
		a.in.Object = &o
	}
	return a.commit(true)
}

// confirm waits for the oldest part and takes it into the next info.
func (a *appending) confirm() error {
	p := a.parts[0]
	a.parts = a.parts[1:]
	<-p.done
	if a.failed = errors.Join(a.failed, p.err); a.failed != nil {
		return a.failed
	}
	o := *a.in.Object
	o.Parts = append(slices.Clip(o.Parts), content.Segment{Number: p.number, ETag: p.etag, Size: p.end - o.Size()})
	if o.Tail != "" { // it went into the part
		a.spent, o.Tail = append(a.spent, o.Tail), ""
	}
	a.in.Object, a.in.Offset, a.in.HashState = &o, p.end, p.state
	return nil
}

// commit stores the info; the upload then stands where it says.
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
		if err := a.b.delete(name); err != nil {
			a.b.Log.Warn("an object stays until the janitor removes it", "object", name, "error", err)
		}
	}
	a.spent = nil
	return nil
}
