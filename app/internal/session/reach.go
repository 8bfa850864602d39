package session

import (
	"context"
	"errors"
	"time"

	"handover/app/internal/change"
	"handover/backend/api"
)

// errMoved ends a stream of events whose connection may be dead without an error.
var errMoved = errors.New("the computer woke up, or is in another network")

// probeTimeout bounds a probe. A connection from before a sleep would stay silent
// for a minute.
const probeTimeout = 3 * time.Second

// Probe finds out at once whether the server still answers: after sleep, or in
// another network.
func (s *Session) Probe() { s.Probes.Set() }

// NetworkMoved probes the server over a new connection.
func (s *Session) NetworkMoved() {
	s.routes.session.CloseIdleConnections()
	s.Probe()
}

// UntilProbe returns a context that ends when Probe is called. The caller must
// call stop, which reports whether that happened.
func (s *Session) UntilProbe(ctx context.Context) (stream context.Context, stop func() bool) {
	stream, cut := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-s.Probes:
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

// ProbeNow asks the server over a new connection.
func (s *Session) ProbeNow(ctx context.Context, client *api.Client) {
	s.routes.session.CloseIdleConnections() // they may have died during a sleep
	s.routes.gate.Open()                    // a proxy may be gone
	asking, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	_, err := client.Server(asking)
	if ctx.Err() == nil {
		s.Record(err)
	}
}

// Record records from the error of a request whether the server answered.
func (s *Session) Record(err error) {
	if errors.Is(err, context.Canceled) {
		return // says nothing about the server
	}
	s.recordAnswer(&s.intercepted.api, err)
	s.setOnline(!errors.Is(err, api.ErrUnreachable))
}

func (s *Session) setOnline(online bool) {
	s.mu.Lock()
	changed := s.online != online
	s.online = online
	s.mu.Unlock()
	if changed {
		s.bus.Tell(change.State, "")
	}
	if changed && online {
		s.Reached.Set()
	}
}

// Ping makes a small request, whose round trip shows how busy the line is.
func (s *Session) Ping(ctx context.Context) error {
	client, err := s.Client()
	if err == nil {
		_, err = client.Server(ctx)
	}
	return err
}
