package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// mostNodes is the largest number of our servers, and nodeUploads the number of
// concurrent uploads to them.
const (
	mostNodes   = 3
	nodeUploads = 64
)

// nodes measures the uploads to several of our servers on one PostgreSQL and one S3
// server.
func (b *bench) nodes(ctx context.Context) error {
	pages, err := startCluster(ctx)
	if err != nil {
		return err
	}
	c := contest{
		name: "nodes", work: fmt.Sprintf("%d uploads of 20 MB at once, by the same plain client, through nginx; \"ours\" is one server", nodeUploads),
		prepare: func(b *bench) error { return b.writeMany("nodes", nodeUploads, 20_000_000) },
	}
	databases := 0
	for n := range mostNodes {
		c.ways = append(c.ways, crowd(fmt.Sprintf("servers: %d", n+1), "nodes", func(ctx context.Context, b *bench, dir string) (*process, []string, error) {
			databases++
			return b.startNodes(ctx, pages, fmt.Sprintf("run%d", databases), n+1, dir)
		}))
	}
	return errors.Join(b.hold(ctx, c), pages.stop())
}

// startNodes starts n servers on a new database and a new bucket, and the spreader of
// requests. All processes are linked behind the returned one.
func (b *bench) startNodes(ctx context.Context, pages *cluster, database string, n int, dir string) (front *process, args []string, err error) {
	var started *process // the last server; the earlier ones are behind it
	begun := func(p *process) { p.behind, started = started, p }
	defer func() {
		if err != nil && started != nil {
			started.stop()
		}
	}()
	if err := pages.exec(ctx, "postgres", "CREATE DATABASE "+database); err != nil {
		return nil, nil, err
	}
	store, err := startS3(ctx, b, dir)
	if err != nil {
		return nil, nil, err
	}
	begun(store.process)
	env := append(store.keys(), "HANDOVER_STORAGE="+store.storage(), "HANDOVER_DATABASE="+pages.address(database))
	var first seat
	var targets []string
	for i := range n {
		s, err := startNode(ctx, b, dir, i, env)
		if s.server != nil {
			begun(s.server)
		}
		if err != nil {
			return nil, nil, err
		}
		if i == 0 {
			first = s
		}
		targets = append(targets, strings.TrimPrefix(s.url, "http://"))
	}
	p, address, err := startSpreader(ctx, dir, targets)
	if err != nil {
		return nil, nil, err
	}
	begun(p)
	return p, []string{address + "/uploads/", first.token, first.order, ""}, nil
}

// startNode starts the server with the number. The first server makes the account,
// the order and the key for all servers.
func startNode(ctx context.Context, b *bench, dir string, number int, env []string) (s seat, err error) {
	own := filepath.Join(dir, fmt.Sprintf("node%d", number))
	data := filepath.Join(own, "server")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return s, err
	}
	if number == 0 {
		return ourServer(ctx, b, own, env...)
	}
	key, err := os.ReadFile(filepath.Join(dir, "node0", "server", "secret.key"))
	if err != nil {
		return s, err
	}
	if err := os.WriteFile(filepath.Join(data, "secret.key"), key, 0o600); err != nil {
		return s, err
	}
	s.server, s.url, err = startOurs(ctx, b, own, data, env)
	return s, err
}
