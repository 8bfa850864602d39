package catalog

import (
	"maps"
	"slices"
	"sync"

	"handover/backend/internal/upload/content"
)

// Open are the unfinished uploads in memory. They show how much space running
// uploads will need, so that admission can refuse a new upload early.
type Open struct {
	mu       sync.Mutex
	byID     map[string]content.Info
	due      int64            // bytes still to be written
	bySeller map[string]int64 // full sizes of each seller's uploads
}

func newOpen() *Open {
	return &Open{byID: map[string]content.Info{}, bySeller: map[string]int64{}}
}

// Put replaces the info of an upload.
func (o *Open) Put(in content.Info) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget(in.ID)
	in.HashState = nil // large, and unused here
	o.byID[in.ID] = in
	o.add(in, 1)
}

// Drop forgets an upload that is finished or removed.
func (o *Open) Drop(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget(id)
}

func (o *Open) forget(id string) {
	if in, ok := o.byID[id]; ok {
		delete(o.byID, id)
		o.add(in, -1)
	}
}

func (o *Open) add(in content.Info, sign int64) {
	o.due += sign * (in.Size - in.Offset)
	if in.Final() {
		return // its parts count already
	}
	o.bySeller[in.SellerID] += sign * in.Size
	if o.bySeller[in.SellerID] == 0 {
		delete(o.bySeller, in.SellerID)
	}
}

// IDs returns the IDs of all open uploads.
func (o *Open) IDs() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Collect(maps.Keys(o.byID))
}

// Get returns the info of an open upload without its hash state.
func (o *Open) Get(id string) (content.Info, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	in, ok := o.byID[id]
	return in, ok
}

// Totals returns the bytes that all open uploads still have to write, and the full
// size of the seller's open uploads.
func (o *Open) Totals(seller string) (due, sellers int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.due, o.bySeller[seller]
}

// UsedBy returns the ID of the open final upload that the part belongs to, or "".
func (o *Open) UsedBy(part string) string {
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
