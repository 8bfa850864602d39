package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// counter has the servers of the downloads: ours with one big file and many small
// files delivered, and nginx with the same big file.
type counter struct {
	seat
	nginx        *process
	static       string // nginx's address of the big file
	big, archive string // our addresses
	review       string // the buyer's link
	bytes        int64  // of the big file
}

const (
	smallFiles = 1_000
	smallSize  = 256 << 10
	// Each reader of a crowd gets the beginning of the big file.
	readers   = 50
	perReader = 100_000_000
)

// downloads measures the downloads of a buyer.
func (b *bench) downloads(ctx context.Context) error {
	dir := b.file("downloads")
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return err
	}
	c, err := b.stock(ctx, dir)
	if c.server != nil {
		defer c.server.stop()
	}
	if c.nginx != nil {
		defer c.nginx.stop()
	}
	if err != nil {
		return err
	}
	for _, ranges := range []int{1, 8} {
		if err := b.againstNginx(ctx, c, ranges); err != nil {
			return err
		}
	}
	return errors.Join(b.crowdOfReaders(ctx, c), b.zip(ctx, c), b.page(ctx, c))
}

// stock delivers the files. The big file is sparse, because the benchmark measures the
// sending and not the disk.
func (b *bench) stock(ctx context.Context, dir string) (c counter, err error) {
	if c.seat, err = ourServer(ctx, b, dir); err != nil {
		return c, err
	}
	big := filepath.Join(dir, "static", "film.mov")
	err = errors.Join(os.Mkdir(filepath.Dir(big), 0o755), os.WriteFile(big, nil, 0o644), os.Truncate(big, b.down),
		b.writeMany("downloads/small", smallFiles, smallSize))
	if err != nil {
		return c, err
	}
	if _, err := c.deliver(ctx, b, big); err != nil {
		return c, err
	}
	if _, err := c.deliver(ctx, b, b.file("downloads/small")); err != nil {
		return c, err
	}
	if err := c.addresses(ctx); err != nil {
		return c, err
	}
	c.bytes = b.down
	if err := punch(filepath.Join(dir, "server", "uploads"), b.down); err != nil {
		return c, err
	}
	c.nginx, c.static, err = startNginx(ctx, dir)
	return c, err
}

// addresses asks the server where the files are.
func (c *counter) addresses(ctx context.Context) error {
	get := func(path string, into any) error {
		resp, err := newFetcher(c.url+path, c.token).open(ctx, "")
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		return json.NewDecoder(resp.Body).Decode(into)
	}
	var o struct {
		Deliveries []struct{ Files []struct{ ID string } }
	}
	var link struct {
		URL string `json:"review_url"`
	}
	order := "/api/v1/orders/" + c.order
	if err := errors.Join(get(order, &o), get(order+"/review-link", &link)); err != nil {
		return err
	}
	if len(o.Deliveries) != 2 || len(o.Deliveries[0].Files) != 1 || len(o.Deliveries[1].Files) != smallFiles {
		return fmt.Errorf("the order has %d deliveries, or not the files that were delivered", len(o.Deliveries))
	}
	c.review = link.URL
	c.big = c.url + order + "/deliveries/1/files/" + o.Deliveries[0].Files[0].ID
	c.archive = c.url + order + "/deliveries/2/archive.zip"
	return nil
}

// againstNginx downloads the big file from both, in turn.
func (b *bench) againstNginx(ctx context.Context, c counter, ranges int) error {
	work := "the whole of"
	if ranges > 1 {
		work = fmt.Sprintf("%d ranges at once of", ranges)
	}
	contest := contest{
		name: fmt.Sprintf("downloads in %d", ranges), work: fmt.Sprintf("%s a sparse file of %d bytes", work, c.bytes),
		ways: []way{{name: "handover"}, {name: "nginx, sendfile"}}, least: map[string]float64{"nginx, sendfile": 0.8},
	}
	samples := make([][]sample, 2)
	order := rand.New(rand.NewPCG(b.seed, uint64(ranges)))
	for round := range b.rounds + 1 {
		for _, i := range order.Perm(2) {
			address, token, server := c.big, c.token, c.server
			if i == 1 {
				address, token, server = c.static, "", c.nginx
			}
			s, err := b.fetch(ctx, server, address, token, c.bytes, ranges, 0)
			if err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "%s %d/%d: %s %.2f s\n", contest.name, round, b.rounds, contest.ways[i].name, s.wall.Seconds())
			if round > 0 {
				samples[i] = append(samples[i], s)
			}
		}
	}
	b.report(contest, samples)
	return nil
}

// fetch downloads in a separate process of this program.
func (b *bench) fetch(ctx context.Context, server *process, address, token string, size int64, ranges int, each int64) (s sample, err error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		return s, err
	}
	if err := server.mark(); err != nil {
		return s, err
	}
	begin := time.Now()
	s.client, _, err = client(ctx, nil, self, "fetch", address, token, strconv.FormatInt(size, 10), strconv.Itoa(ranges), strconv.FormatInt(each, 10))
	s.wall = time.Since(begin)
	if err != nil {
		return s, err
	}
	s.server, err = server.used()
	return s, err
}

// crowdOfReaders starts many downloads at once and measures the server's memory.
func (b *bench) crowdOfReaders(ctx context.Context, c counter) error {
	var samples []sample
	for range b.rounds {
		s, err := b.fetch(ctx, c.server, c.big, c.token, c.bytes, readers, min(perReader, c.bytes))
		if err != nil {
			return err
		}
		samples = append(samples, s)
	}
	memory := median(samples, func(s sample) float64 { return float64(s.server.peak) / 1e6 })
	wall := median(samples, func(s sample) float64 { return s.wall.Seconds() })
	_, err := fmt.Fprintf(b.out, "\n### %d downloads at once\n%d bytes each, %d rounds, medians: %.2f s, the server's memory %.1f MB above idle (wanted below 64)\n",
		readers, min(perReader, c.bytes), b.rounds, wall, memory)
	return err
}

// zip measures the archive of many files against the same bytes as one file.
func (b *bench) zip(ctx context.Context, c counter) error {
	var first []sample
	samples := make([][]sample, 2)
	size, err := contentLength(ctx, c.archive, c.token)
	if err != nil {
		return err
	}
	for range b.rounds {
		begin := time.Now()
		resp, err := newFetcher(c.archive, c.token).open(ctx, "")
		if err != nil {
			return err
		}
		_, err = resp.Body.Read(make([]byte, 1))
		first = append(first, sample{wall: time.Since(begin)})
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			return err
		}
		whole, err := b.fetch(ctx, c.server, c.archive, c.token, size, 1, 0)
		if err != nil {
			return err
		}
		plain, err := b.fetch(ctx, c.server, c.big, c.token, size, 1, min(size, c.bytes))
		if err != nil {
			return err
		}
		samples[0], samples[1] = append(samples[0], whole), append(samples[1], plain)
	}
	wall := func(s sample) float64 { return s.wall.Seconds() }
	_, err = fmt.Fprintf(b.out, "\n### all as zip\n%d files, %d bytes, %d rounds, medians: first byte after %.0f ms (wanted below 200); whole in %.2f s, %.2f × as fast as as many plain bytes (%.2f s)\n",
		smallFiles, size, b.rounds, median(first, wall)*1000, median(samples[0], wall), median(samples[1], wall)/median(samples[0], wall), median(samples[1], wall))
	return err
}

func contentLength(ctx context.Context, address, token string) (int64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	return resp.ContentLength, resp.Body.Close()
}
