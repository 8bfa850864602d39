package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// page measures the buyer's page: its bytes, and the time until the buyer can answer.
func (b *bench) page(ctx context.Context, c counter) error {
	packed, raw, err := c.firstLoad(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "\n### the buyer's page\nfirst load: %d bytes, gzipped %d (wanted below 150,000)\n", raw, packed)
	if _, err := os.Stat(filepath.Join(b.root, "frontend/node_modules/playwright-core")); err != nil {
		_, err := fmt.Fprintln(b.out, "usable: not measured, frontend/node_modules is missing (make frontend)")
		return err
	}
	common, err := c.commonOrder(ctx, b)
	if err != nil {
		return err
	}
	for what, link := range map[string]string{"20 files": common, "1,000 files": c.review} {
		_, said, err := client(ctx, nil, "node", filepath.Join(b.root, "build/bench/page.mjs"), link, fmt.Sprint(b.rounds))
		if err != nil {
			return err
		}
		fmt.Fprintf(b.out, "usable in Chromium on loopback with %s, %d rounds: %s (wanted below 1 s)\n", what, b.rounds, strings.TrimSpace(said))
	}
	return nil
}

// commonOrder places and delivers an order of a usual size and returns the
// buyer's link.
func (c counter) commonOrder(ctx context.Context, b *bench) (string, error) {
	if err := b.writeMany("downloads/common", 20, smallSize); err != nil {
		return "", err
	}
	id, link, err := c.placeOrder(ctx, b)
	if err != nil {
		return "", err
	}
	c.order = id
	_, err = c.deliver(ctx, b, b.file("downloads/common"))
	return link, err
}

var linked = regexp.MustCompile(`(?:src|href)="(/[^"]+)"`)

// firstLoad sums the bytes that a browser fetches before it shows anything: the page
// and its assets.
func (c counter) firstLoad(ctx context.Context) (packed, raw int, err error) {
	base, err := url.Parse(c.url)
	if err != nil {
		return 0, 0, err
	}
	add := func(path string) ([]byte, error) {
		resp, err := newFetcher(base.JoinPath(path).String(), "").open(ctx, "")
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		if _, err := w.Write(text); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		packed, raw = packed+out.Len(), raw+len(text)
		return text, err
	}
	index, err := add("/review/order/" + c.order)
	if err != nil {
		return 0, 0, err
	}
	found := linked.FindAllSubmatch(index, -1)
	if len(found) == 0 {
		return 0, 0, fmt.Errorf("the page names no scripts: %.200s", index)
	}
	for _, link := range found {
		if _, err := add(string(link[1])); err != nil {
			return 0, 0, err
		}
	}
	return packed, raw, nil
}
