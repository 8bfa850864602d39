package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"handover/internal/freeport"
)

// startNginx serves the file below dir/static as Debian's nginx does by default,
// with sendfile and a worker for each processor, and returns its address.
func startNginx(ctx context.Context, dir string) (*process, string, error) {
	p, address, err := nginx(ctx, dir, func(address string) string {
		return fmt.Sprintf(`
  sendfile on; tcp_nopush on; default_type application/octet-stream;
  server { listen %s; root %s; }`, address, filepath.Join(dir, "static"))
	})
	return p, address + "/film.mov", err
}

// startSpreader forwards each request to the next target, streaming bodies, and
// returns its address.
func startSpreader(ctx context.Context, dir string, targets []string) (*process, string, error) {
	return nginx(ctx, dir, func(address string) string {
		return fmt.Sprintf(`
  client_max_body_size 0;
  upstream servers { server %s; }
  server { listen %s; location / {
    proxy_pass http://servers; proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_request_buffering off; proxy_next_upstream off;
  } }`, strings.Join(targets, "; server "), address)
	})
}

// nginx starts Debian's nginx, with all its files in dir, at a free address.
func nginx(ctx context.Context, dir string, http func(address string) string) (*process, string, error) {
	address, err := freeport.Address()
	if err != nil {
		return nil, "", err
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	config := fmt.Sprintf(`daemon off; pid %s; error_log stderr warn; worker_processes auto; %s
events { worker_connections 768; }
http {
  access_log off;
  client_body_temp_path %[3]s/body; proxy_temp_path %[3]s/proxy; fastcgi_temp_path %[3]s/fastcgi;
  uwsgi_temp_path %[3]s/uwsgi; scgi_temp_path %[3]s/scgi;%[4]s
}
`, at("nginx.pid"), workers(), at("nginx"), http(address))
	if err := errors.Join(os.MkdirAll(at("nginx"), 0o755), os.WriteFile(at("nginx.conf"), []byte(config), 0o600)); err != nil {
		return nil, "", err
	}
	p, err := serve(ctx, dir, answers(address), nil, "/usr/sbin/nginx", "-c", at("nginx.conf"))
	return p, "http://" + address, err
}

// workers runs the workers as the current user, who can read the folder.
func workers() string {
	if os.Getuid() == 0 {
		return "user root;"
	}
	return ""
}

// punch makes the stored file of the size sparse again, as the original is.
func punch(dir string, size int64) error {
	found := false
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil || info.Size() != size {
			return err
		}
		found = true
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		const keepSize, punchHole = 1, 2 // fallocate(2)
		return errors.Join(syscall.Fallocate(int(f.Fd()), keepSize|punchHole, 0, size), f.Close())
	})
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("no stored file has %d bytes", size)
	}
	return nil
}
