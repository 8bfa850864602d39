package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// session signs in over HTTP.
func session(ctx context.Context, server, email, password string) (string, error) {
	body, err := json.Marshal(map[string]string{"email": email, "password": password})
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, server+"/api/v1/session", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var s struct {
		Token string `json:"token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&s); err != nil || s.Token == "" {
		return "", fmt.Errorf("sign in: %s, %w", resp.Status, err)
	}
	return s.Token, nil
}

// crowd sends every file of a folder at once, each in one PATCH: the same plain
// client for every server, so that the servers are compared.
func crowd(name, folder string, start func(context.Context, *bench, string) (*process, []string, error)) way {
	return way{name, func(ctx context.Context, b *bench, dir string) (*process, func(context.Context) (usage, error), error) {
		p, args, err := start(ctx, b, dir)
		if err != nil {
			return nil, nil, err
		}
		self, err := os.Executable()
		if err != nil {
			return nil, nil, err
		}
		return p, func(ctx context.Context) (usage, error) {
			u, _, err := client(ctx, nil, append([]string{self, "send-all", b.file(folder)}, args...)...)
			return u, err
		}, nil
	}}
}

func crowdOfOurs(ctx context.Context, b *bench, dir string) (*process, []string, error) {
	s, err := ourServer(ctx, b, dir)
	return s.server, []string{s.url + "/uploads/", s.token, s.order, ""}, err
}

func crowdOfTusd(ctx context.Context, b *bench, dir string) (*process, []string, error) {
	p, endpoint, stored, err := stockTusd(ctx, b, dir)
	return p, []string{endpoint, "", "", stored}, err
}

// sender sends files to a tus server. It syncs the files below stored, for a server
// that does not.
type sender struct {
	endpoint, token, order, stored string
	http                           http.Client
}

func (s *sender) sendAll(ctx context.Context, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return err
	}
	s.http.Transport = &http.Transport{MaxConnsPerHost: 0, WriteBufferSize: 256 << 10}
	done := make(chan error)
	for _, file := range files {
		go func() { done <- s.send(ctx, file) }()
	}
	for range files {
		err = errors.Join(err, <-done)
	}
	return err
}

func (s *sender) send(ctx context.Context, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	location, err := s.create(ctx, filepath.Base(file), info.Size())
	if err != nil {
		return err
	}
	r, err := s.request(ctx, http.MethodPatch, location, f)
	if err != nil {
		return err
	}
	r.ContentLength = info.Size()
	r.Header.Set("Upload-Offset", "0")
	r.Header.Set("Content-Type", "application/offset+octet-stream")
	if err := s.do(r, http.StatusNoContent, nil); err != nil {
		return err
	}
	if s.stored == "" {
		return nil
	}
	kept, err := os.Open(filepath.Join(s.stored, path.Base(location)))
	if err != nil {
		return err
	}
	return errors.Join(kept.Sync(), kept.Close())
}

func (s *sender) create(ctx context.Context, name string, size int64) (location string, err error) {
	r, err := s.request(ctx, http.MethodPost, s.endpoint, nil)
	if err != nil {
		return "", err
	}
	encode := func(v string) string { return base64.StdEncoding.EncodeToString([]byte(v)) }
	r.Header.Set("Upload-Length", fmt.Sprint(size))
	r.Header.Set("Upload-Metadata", "path "+encode(name))
	if s.order != "" {
		r.Header.Set("Upload-Metadata", "order "+encode(s.order)+",path "+encode(name))
	}
	err = s.do(r, http.StatusCreated, func(resp *http.Response) { location = resp.Header.Get("Location") })
	if err != nil {
		return "", err
	}
	at, err := url.Parse(s.endpoint)
	if err != nil {
		return "", err
	}
	to, err := at.Parse(location)
	if err != nil {
		return "", err
	}
	return to.String(), nil
}

func (s *sender) request(ctx context.Context, method, address string, body io.Reader) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Tus-Resumable", "1.0.0")
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	return r, nil
}

func (s *sender) do(r *http.Request, want int, read func(*http.Response)) error {
	resp, err := s.http.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 1000))
	if resp.StatusCode != want {
		return fmt.Errorf("%s %s: %s: %s", r.Method, r.URL.Path, resp.Status, strings.TrimSpace(string(said)))
	}
	if read != nil {
		read(resp)
	}
	return nil
}

// curlPatch sends the file with curl in one PATCH, as one stream.
func curlPatch(ctx context.Context, s sender, path string) (usage, error) {
	info, err := os.Stat(path)
	if err != nil {
		return usage{}, err
	}
	location, err := s.create(ctx, filepath.Base(path), info.Size())
	if err != nil {
		return usage{}, err
	}
	args := []string{"-sS", "-X", "PATCH", "-T", path, "-w", "%{http_code}", "-H", "Expect:", "-H", "Tus-Resumable: 1.0.0",
		"-H", "Upload-Offset: 0", "-H", "Content-Type: application/offset+octet-stream"}
	if s.token != "" {
		args = append(args, "-H", "Authorization: Bearer "+s.token)
	}
	u, out, err := client(ctx, nil, append([]string{"curl"}, append(args, location)...)...)
	if err != nil {
		return u, err
	}
	if out != "204" {
		return u, fmt.Errorf("curl: %s", out)
	}
	return u, nil
}
