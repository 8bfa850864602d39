package folder

import (
	"os"
	"time"

	"handover/backend/internal/upload/content"
)

// checkpoints make the offset of a long transfer durable now and then, in a
// goroutine beside it: the disk catches up while more is received.
type checkpoints struct {
	u       *run
	file    *os.File
	running chan checkpoint // nil when none runs
	pos     int64           // of the last one that was begun
	at      time.Time
	failed  error // of one that did not come to be
}

type checkpoint struct {
	in  content.Info
	err error
}

func (c *checkpoints) due(pos int64) bool {
	return pos-c.pos >= checkpointBytes || c.u.d.Now().Sub(c.at) >= checkpointInterval
}

// begin starts one at pos, which the hash agrees with, unless the one before is
// still at it.
func (c *checkpoints) begin(h *content.Digest, pos int64) error {
	if c.running != nil {
		select {
		case done := <-c.running:
			if err := c.take(done); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	c.pos, c.at = pos, c.u.d.Now()
	in, err := c.u.advanced(h, c.file, pos)
	if err != nil {
		return err
	}
	c.running = make(chan checkpoint, 1)
	go func(done chan<- checkpoint) { // until end
		err := syncData(c.file)
		if err == nil {
			err = c.u.commit(in)
		}
		done <- checkpoint{in, err}
	}(c.running)
	return nil
}

// take lets the upload stand where a checkpoint has made it durable.
func (c *checkpoints) take(done checkpoint) error {
	c.running = nil
	if done.err == nil {
		c.u.in = done.in
	}
	c.failed = done.err
	return done.err
}

// end waits for the last one, and returns the error of any.
func (c *checkpoints) end() error {
	if c.running == nil {
		return c.failed
	}
	return c.take(<-c.running)
}
