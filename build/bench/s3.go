package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"handover/internal/freeport"
)

// The credentials of the only user of the S3 servers.
const (
	s3Key    = "bench"
	s3Secret = "benchbench"
	s3Bucket = "bucket"
	s3Region = "us-east-1"
)

// s3Server is an S3 server with one bucket, that keeps files in a folder.
type s3Server struct {
	*process
	endpoint string
}

func startS3(ctx context.Context, b *bench, dir string) (s3Server, error) {
	address, err := freeport.Address()
	if err != nil {
		return s3Server{}, err
	}
	data := filepath.Join(dir, "s3")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return s3Server{}, err
	}
	p, err := serve(ctx, dir, answers(address), nil, b.peer("versitygw"), "--access", s3Key, "--secret", s3Secret, "--region", s3Region,
		"--keep-alive", "--quiet", "--port", address, "posix", data)
	if err != nil {
		return s3Server{}, err
	}
	s := s3Server{p, "http://" + address}
	if _, _, err := client(ctx, s.rclone(), b.peer("rclone"), "mkdir", s.remote()); err != nil {
		p.stop()
		return s, err
	}
	return s, nil
}

// The speed of each connection of startSlowS3, like a service in a data centre that
// limits connections.
const (
	shareOfS3 = 40e6 // bytes a second
	tripToS3  = 2 * time.Millisecond
)

// startSlowS3 starts an S3 server with slow connections.
func startSlowS3(ctx context.Context, b *bench, dir string) (s3Server, error) {
	s, err := startS3(ctx, b, dir)
	if err != nil {
		return s, err
	}
	k, err := newLink(s.endpoint[len("http://"):], tripToS3, steady(shareOfS3))
	if err != nil {
		s.stop()
		return s, err
	}
	s.endpoint, s.close = "http://"+k.listener.Addr().String(), k.close
	return s, nil
}

// s3Start is startS3 or startSlowS3.
type s3Start func(context.Context, *bench, string) (s3Server, error)

// keys are the server's keys in the environment variables of AWS.
func (s s3Server) keys() []string {
	return []string{"AWS_ACCESS_KEY_ID=" + s3Key, "AWS_SECRET_ACCESS_KEY=" + s3Secret, "AWS_REGION=" + s3Region, "AWS_EC2_METADATA_DISABLED=true"}
}

// rclone is the environment of rclone.
func (s s3Server) rclone() []string {
	return append(s.keys(), "RCLONE_CONFIG=/dev/null", "AWS_CA_BUNDLE=")
}

// remote is the name of the bucket for rclone.
func (s s3Server) remote() string {
	return fmt.Sprintf(":s3,provider=Other,env_auth=true,endpoint='%s',region=%s:%s", s.endpoint, s3Region, s3Bucket)
}

// storage is the address of the bucket for handover-server.
func (s s3Server) storage() string {
	return fmt.Sprintf("s3://%s?endpoint=%s&region=%s", s3Bucket, s.endpoint, s3Region)
}

// oursOnS3 sends the file to our server, which keeps it in a bucket.
func oursOnS3(name string, start s3Start, send func(context.Context, *bench, seat) (usage, error)) way {
	return way{name, func(ctx context.Context, b *bench, dir string) (*process, func(context.Context) (usage, error), error) {
		store, err := start(ctx, b, dir)
		if err != nil {
			return nil, nil, err
		}
		s, err := ourServer(ctx, b, dir, append(store.keys(), "HANDOVER_STORAGE="+store.storage())...)
		if err != nil {
			store.stop()
			return nil, nil, err
		}
		s.server.behind = store.process
		return s.server, func(ctx context.Context) (usage, error) { return send(ctx, b, s) }, nil
	}}
}

// rcloneS3 copies with rclone straight to an S3 server.
func rcloneS3(name string, start s3Start, of func(*bench) string, flags ...string) way {
	return way{name, func(ctx context.Context, b *bench, dir string) (*process, func(context.Context) (usage, error), error) {
		store, err := start(ctx, b, dir)
		if err != nil {
			return nil, nil, err
		}
		args := append([]string{b.peer("rclone"), "copy", of(b), store.remote()}, flags...)
		return store.process, func(ctx context.Context) (usage, error) {
			u, _, err := client(ctx, store.rclone(), args...)
			return u, err
		}, nil
	}}
}

// tusdS3 sends the file in one PATCH with curl to stock tusd, which keeps it in
// a bucket.
func tusdS3(name string, start s3Start, of func(*bench) string) way {
	return way{name, func(ctx context.Context, b *bench, dir string) (*process, func(context.Context) (usage, error), error) {
		store, err := start(ctx, b, dir)
		if err != nil {
			return nil, nil, err
		}
		p, endpoint, err := stockTusdOn(ctx, b, dir, store)
		if err != nil {
			store.stop()
			return nil, nil, err
		}
		p.behind = store.process
		return p, func(ctx context.Context) (usage, error) {
			return curlPatch(ctx, sender{endpoint: endpoint}, of(b))
		}, nil
	}}
}

func stockTusdOn(ctx context.Context, b *bench, dir string, store s3Server) (*process, string, error) {
	address, err := freeport.Address()
	if err != nil {
		return nil, "", err
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, "", err
	}
	p, err := serve(ctx, dir, answers(address), append(store.keys(), "TMPDIR="+dir), b.peer("tusd"), "-host", host, "-port", port,
		"-s3-bucket", s3Bucket, "-s3-endpoint", store.endpoint, "-hooks-enabled-events", "", "-show-greeting=false", "-expose-metrics=false")
	return p, "http://" + address + "/files/", err
}
