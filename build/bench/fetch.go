package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// fetcher downloads and discards the content. It runs in a separate process of this
// program, so that no server shares its runtime.
type fetcher struct {
	address, token string
	http           *http.Client
}

// fetchArgs is the command "fetch ADDRESS TOKEN BYTES RANGES EACH": BYTES in RANGES
// concurrent ranges; 1 means the whole file without a range. With EACH above 0, every
// range has this length and begins at 0.
func fetchArgs(ctx context.Context, args []string) error {
	var numbers [3]int64
	for i := range numbers {
		n, err := strconv.ParseInt(args[2+i], 10, 64)
		if err != nil {
			return err
		}
		numbers[i] = n
	}
	size, ranges, each := numbers[0], numbers[1], numbers[2]
	f := newFetcher(args[0], args[1])
	if ranges == 1 && each == 0 {
		return f.get(ctx, "", size)
	}
	done := make(chan error)
	for i := range ranges {
		from, to := size*i/ranges, size*(i+1)/ranges
		if each > 0 {
			from, to = 0, each
		}
		go func() { done <- f.get(ctx, fmt.Sprintf("bytes=%d-%d", from, to-1), to-from) }()
	}
	var err error
	for range ranges {
		err = errors.Join(err, <-done)
	}
	return err
}

func newFetcher(address, token string) *fetcher {
	return &fetcher{address, token, &http.Client{Transport: &http.Transport{ReadBufferSize: 64 << 10, DisableCompression: true}}}
}

func (f *fetcher) open(ctx context.Context, ranged string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.address, nil)
	if err != nil {
		return nil, err
	}
	if f.token != "" {
		r.Header.Set("Authorization", "Bearer "+f.token)
	}
	want := http.StatusOK
	if ranged != "" {
		r.Header.Set("Range", ranged)
		want = http.StatusPartialContent
	}
	resp, err := f.http.Do(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != want {
		resp.Body.Close()
		return nil, fmt.Errorf("%s: %s", f.address, resp.Status)
	}
	return resp, nil
}

// get reads the content or a range, and requires the given number of bytes.
func (f *fetcher) get(ctx context.Context, ranged string, want int64) error {
	resp, err := f.open(ctx, ranged)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var read int64
	buffer := make([]byte, 1<<20)
	for {
		n, err := resp.Body.Read(buffer)
		read += int64(n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	if read != want {
		return fmt.Errorf("%s %s: %d bytes came, want %d", f.address, ranged, read, want)
	}
	return nil
}
