package catalog

import (
	"context"
	"errors"
	"sync"

	"handover/backend/internal/upload/content"
)

// surveyReaders is how many infos a survey reads in parallel.
const surveyReaders = 16

// Survey reads the open uploads again from a store that other servers also use. It
// does nothing for a store of this server alone.
func (c *Catalog) Survey(ctx context.Context) error {
	if !c.Upkeep.Remote() {
		return nil
	}
	gone := map[string]bool{}
	for _, id := range c.Open.IDs() {
		gone[id] = true
	}
	found, err := c.Upkeep.Recover(ctx)
	if err != nil {
		return err
	}
	var readers sync.WaitGroup
	ids := make(chan string)
	for range surveyReaders {
		readers.Go(func() {
			for id := range ids {
				c.Refresh(ctx, id)
			}
		})
	}
	for _, f := range found {
		delete(gone, f.ID)
		ids <- f.ID
	}
	close(ids)
	readers.Wait()
	for id := range gone {
		c.Open.Drop(id)
	}
	return nil
}

// Refresh returns an open upload. It first reads the info again from a store that
// other servers also use. It reports false when the upload cannot be read or
// has been finished or removed.
func (c *Catalog) Refresh(ctx context.Context, id string) (content.Info, bool) {
	if !c.Upkeep.Remote() {
		return c.Open.Get(id)
	}
	in, err := c.Load(ctx, id)
	if content.IsNotFound(err) || errors.Is(err, content.ErrDamaged) {
		c.Open.Drop(id)
		return in, false
	}
	if err != nil {
		c.Log.Error("cannot read an upload", "upload", id, "error", err)
		return in, false
	}
	if in.Recorded {
		c.Open.Drop(id)
		return in, false
	}
	c.Open.Put(in)
	return in, true
}
