package main

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	gosync "sync"
	"time"
)

const (
	roundTrip = 50 * time.Millisecond
	loss      = 0.01
	segment   = 1448 // bytes of a TCP segment on Ethernet
	firstFew  = 10   // segments before the first answer (RFC 6928)
)

// link is a proxy that slows down each connection, for kernels without netem. Answers
// arrive after the round trip.
type link struct {
	listener net.Listener
	target   string
	trip     time.Duration
	pace     func(from net.Conn, to io.Writer)
	running  gosync.WaitGroup
}

func newLink(target string, trip time.Duration, pace func(net.Conn, io.Writer)) (*link, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	k := &link{listener: l, target: target, trip: trip, pace: pace}
	k.running.Go(k.accept)
	return k, nil
}

func (k *link) close() {
	k.listener.Close()
	k.running.Wait()
}

func (k *link) accept() {
	for {
		c, err := k.listener.Accept()
		if err != nil {
			return
		}
		k.running.Go(func() { k.carry(c) })
	}
}

func (k *link) carry(c net.Conn) {
	defer c.Close()
	up, err := net.Dial("tcp", k.target)
	if err != nil {
		return
	}
	defer up.Close()
	// Small system buffers make the client notice the speed.
	_ = c.(*net.TCPConn).SetReadBuffer(64 << 10)
	time.Sleep(k.trip) // the handshake
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 64<<10)
		for {
			n, err := up.Read(buffer)
			time.Sleep(k.trip)
			if _, werr := c.Write(buffer[:n]); err != nil || werr != nil {
				c.Close()
				return
			}
		}
	}()
	k.pace(c, up)
	_ = up.(*net.TCPConn).CloseWrite()
	<-done
}

// lossy forwards one window for each round trip, as TCP Reno would: the window grows
// by one segment (and doubles until the first loss), and a lost segment halves it.
func lossy(from net.Conn, to io.Writer) {
	window, slowStart := firstFew, true
	buffer := make([]byte, 64<<20)
	for {
		size := min(window*segment, len(buffer))
		n, err := from.Read(buffer[:size]) // waits for the first byte
		round := time.Now()
		_ = from.SetReadDeadline(round.Add(roundTrip / 2))
		for err == nil && n < size {
			var more int
			more, err = from.Read(buffer[n:size])
			n += more
		}
		_ = from.SetReadDeadline(time.Time{})
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = nil
		}
		if _, werr := to.Write(buffer[:n]); err != nil || werr != nil {
			return
		}
		lost := false
		for range (n + segment - 1) / segment {
			lost = lost || rand.Float64() < loss
		}
		switch {
		case lost:
			window, slowStart = max(window/2, 2), false
		case slowStart:
			window *= 2
		default:
			window++
		}
		time.Sleep(time.Until(round.Add(roundTrip)))
	}
}

// burst is the delay that a steady line can catch up, because sleeps are never exact.
const burst = 20 * time.Millisecond

// steady forwards the given number of bytes a second.
func steady(rate float64) func(from net.Conn, to io.Writer) {
	return func(from net.Conn, to io.Writer) {
		buffer := make([]byte, 256<<10)
		free := time.Now() // when the line can take more
		for {
			n, err := from.Read(buffer)
			if earliest := time.Now().Add(-burst); free.Before(earliest) {
				free = earliest
			}
			free = free.Add(time.Duration(float64(n) / rate * float64(time.Second)))
			time.Sleep(time.Until(free))
			if _, werr := to.Write(buffer[:n]); err != nil || werr != nil {
				return
			}
		}
	}
}

// longWay inserts the link between a client and our server.
func longWay(name string, work func(ctx context.Context, b *bench, s seat) (usage, error)) way {
	return way{name, func(ctx context.Context, b *bench, dir string) (*process, func(context.Context) (usage, error), error) {
		s, err := ourServer(ctx, b, dir)
		if err != nil {
			return nil, nil, err
		}
		k, err := newLink(s.url[len("http://"):], roundTrip, lossy)
		if err != nil {
			return nil, nil, err
		}
		s.url = "http://" + k.listener.Addr().String()
		// A home that signed in over the link uses the link.
		if err := s.signIn(ctx, b, filepath.Join(dir, "password")); err != nil {
			return nil, nil, err
		}
		return s.server, func(ctx context.Context) (usage, error) {
			defer k.close()
			return work(ctx, b, s)
		}, nil
	}}
}
