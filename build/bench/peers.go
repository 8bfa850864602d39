package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"handover/internal/freeport"
)

func dial(address string) bool {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// stockTusd starts tusd as it comes, on its file store.
func stockTusd(ctx context.Context, b *bench, dir string) (p *process, endpoint, stored string, err error) {
	address, err := freeport.Address()
	if err != nil {
		return nil, "", "", err
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, "", "", err
	}
	stored = filepath.Join(dir, "tusd-data")
	p, err = serve(ctx, dir, answers(address), nil, b.peer("tusd"), "-host", host, "-port", port, "-upload-dir", stored,
		"-hooks-enabled-events", "", "-show-greeting=false", "-expose-metrics=false")
	return p, "http://" + address + "/files/", stored, err
}

// tusJS uploads with tus-js-client to stock tusd; durable adds the sync of
// everything stored that tusd leaves out.
func tusJS(name string, parallel int, durable bool, files func(*bench) ([]string, error)) way {
	return way{name, func(ctx context.Context, b *bench, dir string) (*process, func(context.Context) (usage, error), error) {
		p, endpoint, stored, err := stockTusd(ctx, b, dir)
		if err != nil {
			return nil, nil, err
		}
		list, err := files(b)
		if err != nil {
			return nil, nil, err
		}
		args := append([]string{filepath.Join(b.root, "build/bench/tus-js.mjs"), endpoint, strconv.Itoa(parallel)}, list...)
		return p, func(ctx context.Context) (usage, error) {
			u, _, err := client(ctx, []string{"PEERS=" + b.peers()}, append([]string{"node"}, args...)...)
			if err != nil || !durable {
				return u, err
			}
			return u, syncTree(stored)
		}, nil
	}}
}

// rcloneWebDAV copies with rclone to its own WebDAV server.
func rcloneWebDAV(of func(*bench) string, flags ...string) way {
	return way{"rclone to rclone serve webdav", func(ctx context.Context, b *bench, dir string) (*process, func(context.Context) (usage, error), error) {
		address, err := freeport.Address()
		if err != nil {
			return nil, nil, err
		}
		data := filepath.Join(dir, "webdav")
		if err := os.Mkdir(data, 0o700); err != nil {
			return nil, nil, err
		}
		env := []string{"RCLONE_CONFIG=/dev/null"}
		p, err := serve(ctx, dir, answers(address), env, b.peer("rclone"), "serve", "webdav", data, "--addr", address)
		if err != nil {
			return nil, nil, err
		}
		args := append([]string{b.peer("rclone"), "copy", of(b), ":webdav,url='http://" + address + "':work"}, flags...)
		return p, func(ctx context.Context) (usage, error) {
			u, _, err := client(ctx, env, args...)
			return u, err
		}, nil
	}}
}

// syncTree syncs every file below the folder, and the folders.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}
