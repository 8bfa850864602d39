package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"handover/internal/freeport"
)

const rawBuffer = 1 << 20

// rawSockets is the lower bound of the cost: one connection, SHA-256 on both sides,
// and a sync before the answer. Each side is a process of this program.
func rawSockets(of func(*bench) string) way {
	return way{"raw sockets", func(ctx context.Context, b *bench, dir string) (*process, func(context.Context) (usage, error), error) {
		self, err := os.Executable()
		if err != nil {
			return nil, nil, err
		}
		address, err := freeport.Address()
		if err != nil {
			return nil, nil, err
		}
		p, err := serve(ctx, dir, answers(address), nil, self, "raw-receive", address, filepath.Join(dir, "received"))
		if err != nil {
			return nil, nil, err
		}
		return p, func(ctx context.Context) (usage, error) {
			u, _, err := client(ctx, nil, self, "raw-send", address, of(b))
			return u, err
		}, nil
	}}
}

// rawReceive stores what each connection brings and answers with its SHA-256.
func rawReceive(address, path string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		if err := store(c, path); err != nil {
			return err
		}
	}
}

func store(c net.Conn, path string) error {
	defer c.Close()
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.CopyBuffer(io.MultiWriter(f, sum), struct{ io.Reader }{c}, make([]byte, rawBuffer))
	if err != nil || n == 0 { // a probe of the readiness
		return err
	}
	if err := syscall.Fdatasync(int(f.Fd())); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c, "%x", sum.Sum(nil))
	return err
}

func rawSend(address, path string) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.CopyBuffer(io.MultiWriter(sum, c), struct{ io.Reader }{f}, make([]byte, rawBuffer)); err != nil {
		return err
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		return err
	}
	if string(answer) != fmt.Sprintf("%x", sum.Sum(nil)) {
		return errors.New("the digests differ")
	}
	return nil
}

// syncDisks asks the system to write all pending data.
func syncDisks() { syscall.Sync() }
