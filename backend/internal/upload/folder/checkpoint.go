package folder

import (
	"os"
	"time"

	"handover/backend/internal/upload/content"
)

// checkpoints make the offset of a long transfer durable from time to time. They run in
// their own goroutine: the disk works while more bytes are received.
type checkpoints struct {
	u       *run
	file    *os.File
	running chan checkpoint // nil without a running checkpoint
	pos     int64           // offset of the last checkpoint
	at      time.Time       // start of the last checkpoint
	failed  error
}

type checkpoint struct {
	in  content.Info
	err error
}

func (c *checkpoints) due(pos int64) bool {
	return pos-c.pos >= checkpointBytes || c.u.d.Now().Sub(c.at) >= checkpointInterval
}

// begin starts a checkpoint at pos, the position of the hash, unless the previous one is
// still running.
func (c *checkpoints) begin(h *content.Digest, pos int64) error {
	if c.running != nil {
		select {
		case done := <-c.running:
			if err := c.adopt(done); err != nil {
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
	go func(done chan<- checkpoint) { // ends before end returns
		done <- checkpoint{in, c.run(in)}
	}(c.running)
	return nil
}

// run makes the content durable, and then the info.
func (c *checkpoints) run(in content.Info) error {
	if err := syncData(c.file); err != nil {
		return err
	}
	return c.u.commit(in)
}

// adopt sets the state of the upload to that of a successful checkpoint.
func (c *checkpoints) adopt(done checkpoint) error {
	c.running, c.failed = nil, done.err
	if done.err != nil {
		return done.err
	}
	c.u.in = done.in
	return nil
}

// end waits for the running checkpoint, and returns the error of the last one.
func (c *checkpoints) end() error {
	if c.running == nil {
		return c.failed
	}
	return c.adopt(<-c.running)
}
