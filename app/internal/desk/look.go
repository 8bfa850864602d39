package desk

import (
	"context"
	"errors"
	"time"

	"handover/backend/api"
)

// errMoved ends a stream of events that may be dead without anybody saying so.
var errMoved = errors.New("the computer woke up, or is in another network")

// lookPatience is how long the server may take to answer, until it counts as
// away. A connection that slept would keep silent for a minute.
const lookPatience = 3 * time.Second

// Look finds out at once whether the server still answers: after sleep, or in
// another network.
func (d *Desk) Look() { d.look.Set() }

// networkMoved is called by the queue of uploads when it notices that.
func (d *Desk) networkMoved() {
	d.way.session.CloseIdleConnections()
	d.Look()
}

// untilMoved returns a context that ends with errMoved when Look is called.
// stop has to be called, and reports whether it was.
func (d *Desk) untilMoved(ctx context.Context) (stream context.Context, stop func() bool) {
	stream, cut := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-d.look:
			cut(errMoved)
		case <-stream.Done():
		}
	}()
	return stream, func() bool {
		moved := errors.Is(context.Cause(stream), errMoved)
		cut(nil)
		<-done
		return moved
	}
}

// lookNow asks the server, over a new connection.
func (d *Desk) lookNow(ctx context.Context, client *api.Client) {
	d.way.session.CloseIdleConnections() // what slept may be dead
	d.way.gate.Open()                    // and a proxy left behind
	asking, cancel := context.WithTimeout(ctx, lookPatience)
	defer cancel()
	_, err := client.Server(asking)
	if ctx.Err() == nil {
		d.noteAnswer(err)
	}
}
