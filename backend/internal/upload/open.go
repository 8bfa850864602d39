package upload

import (
	"maps"
	"slices"
	"sync"

	"handover/backend/internal/upload/content"
)

// openUploads counts what uploads that are not finished will take, so that a
// new one is refused before it cannot end well.
type openUploads struct {
	mu       sync.Mutex
	byID     map[string]content.Info
	due      int64            // bytes that are still to be written
	bySeller map[string]int64 // bytes that each seller's will have
}

// put notes where an upload stands.
func (o *openUploads) put(in content.Info) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget(in.ID)
	in.HashState = nil // nobody asks for it here
	o.byID[in.ID] = in
	o.add(in, 1)
}

// drop forgets an upload that is finished or gone.
func (o *openUploads) drop(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget(id)
}

func (o *openUploads) forget(id string) {
	if in, ok := o.byID[id]; ok {
		delete(o.byID, id)
		o.add(in, -1)
	}
}

func (o *openUploads) add(in content.Info, sign int64) {
	o.due += sign * (in.Size - in.Offset)
	if in.Final() {
		return // its bytes are those of its parts, which count
	}
	o.bySeller[in.SellerID] += sign * in.Size
	if o.bySeller[in.SellerID] == 0 {
		delete(o.bySeller, in.SellerID)
	}
}

// ids returns those of all open uploads.
func (o *openUploads) ids() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Collect(maps.Keys(o.byID))
}

// get returns what is known of an open upload, but for its hash.
func (o *openUploads) get(id string) (content.Info, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	in, ok := o.byID[id]
	return in, ok
}

// totals returns what all are still to write, and the bytes of one seller's.
func (o *openUploads) totals(seller string) (due, sellers int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.due, o.bySeller[seller]
}

// usedBy returns the final upload that the part belongs to, "" for none.
func (o *openUploads) usedBy(part string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, in := range o.byID {
		for _, p := range in.Parts {
			if p.ID == part {
				return id
			}
		}
	}
	return ""
}
