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
const probeTimeout = 3 * time.Second

// Look finds out at once whether the server still answers: after sleep, or in
// another network.
func (s *Session) Probe() { s.probe.Set() }

// networkMoved is called by the queue of uploads when it notices that.
func (s *Session) NetworkMoved() {
	s.way.session.CloseIdleConnections()
	s.Probe()
}

// untilMoved returns a context that ends with errMoved when Look is called.
// stop has to be called, and reports whether it was.
func (s *Session) UntilMoved(ctx context.Context) (stream context.Context, stop func() bool) {
	stream, cut := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-s.probe:
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
func (s *Session) ProbeNow(ctx context.Context, client *api.Client) {
	s.way.session.CloseIdleConnections() // what slept may be dead
	s.way.gate.Open()                    // and a proxy left behind
	asking, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	_, err := client.Server(asking)
	if ctx.Err() == nil {
		s.NoteAnswer(err)
	}
}
