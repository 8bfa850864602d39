package main

import (
	"context"
	"fmt"
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

// link is a long and lossy way to a server, for kernels without netem. Each
// connection gets the pace that TCP Reno would find on it: a window that grows
// by one segment a round trip (and doubles until the first loss), and is halved
// when one of its segments is lost. Answers come back after the round trip.
type link struct {
	listener net.Listener
	target   string
	running  gosync.WaitGroup
}

func newLink(target string) (*link, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	k := &link{listener: l, target: target}
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
	// Little stands in the system's buffers, so that the client feels the pace.
	_ = c.(*net.TCPConn).SetReadBuffer(64 << 10)
	time.Sleep(roundTrip) // the handshake
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 64<<10)
		for {
			n, err := up.Read(buffer)
			time.Sleep(roundTrip)
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

// pace passes on a window a round trip.
func (k *link) pace(from io.Reader, to io.Writer) {
	window, slowStart := firstFew, true
	buffer := make([]byte, 64<<20)
	for {
		round := time.Now()
		size := min(window*segment, len(buffer))
		n, err := from.Read(buffer[:size]) // waits for the first byte
		for err == nil && n < size && time.Since(round) < roundTrip/2 {
			var more int
			more, err = from.Read(buffer[n:size])
			n += more
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

// longWay puts the link between a client and our server.
func longWay(name string, work func(ctx context.Context, b *bench, s seat) (usage, error)) way {
	return way{name, func(ctx context.Context, b *bench, dir string) (*process, func(context.Context) (usage, error), error) {
		s, err := ourServer(ctx, b, dir)
		if err != nil {
			return nil, nil, err
		}
		k, err := newLink(s.url[len("http://"):])
		if err != nil {
			return nil, nil, err
		}
		s.url = "http://" + k.listener.Addr().String()
		// A home that signed in over the link goes over it.
		if err := s.signIn(ctx, b, filepath.Join(dir, "password")); err != nil {
			return nil, nil, err
		}
		return s.server, func(ctx context.Context) (usage, error) {
			defer k.close()
			return work(ctx, b, s)
		}, nil
	}}
}

// curlPatch sends the file in one PATCH, as one stream.
func curlPatch(ctx context.Context, b *bench, s seat) (usage, error) {
	plain := sender{endpoint: s.url + "/uploads/", token: s.token, order: s.order}
	info, err := os.Stat(b.file("long.mov"))
	if err != nil {
		return usage{}, err
	}
	location, err := plain.create(ctx, "long.mov", info.Size())
	if err != nil {
		return usage{}, err
	}
	u, out, err := client(ctx, nil, "curl", "-sS", "-X", "PATCH", "-T", b.file("long.mov"), "-w", "%{http_code}", "-H", "Expect:",
		"-H", "Tus-Resumable: 1.0.0", "-H", "Upload-Offset: 0", "-H", "Content-Type: application/offset+octet-stream",
		"-H", "Authorization: Bearer "+s.token, location)
	if err == nil && out != "204" {
		err = fmt.Errorf("curl: %s", out)
	}
	return u, err
}
