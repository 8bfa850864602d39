package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// ordersPerSeller is the number of orders of the measured seller in every database,
// and of each other seller in a large one.
const ordersPerSeller = 10_000

// looks is how often each query is measured in a round, and acts how often each
// action is.
const (
	looks  = 30
	acts   = 10
	review = 3 * time.Second // review period of deliveries during the measurement
)

// market is one database with a server on it.
type market struct {
	seat
	name     string
	orders   int
	pages    *cluster
	eva      *api.Client
	deep     string                 // a cursor far into her list
	near     uint64                 // start of her last hundred events
	left     map[string][]api.Order // her orders in a status, that no action has used
	samples  map[string][]time.Duration
	measured []string // the names of the samples, in order
}

// database measures whether anything takes longer when there are more records.
func (b *bench) database(ctx context.Context) (err error) {
	c, err := startCluster(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	var markets []*market
	for _, orders := range []int{ordersPerSeller, b.orders} {
		m, err := b.open(ctx, c, orders)
		if m != nil && m.server != nil {
			defer func() { m.server.stop() }()
		}
		if err != nil {
			return fmt.Errorf("%d orders: %w", orders, err)
		}
		markets = append(markets, m)
	}
	for round := range b.rounds + 1 {
		for _, m := range markets {
			fmt.Fprintf(os.Stderr, "database %d/%d: %s\n", round, b.rounds, m.name)
			if err := m.measure(ctx, b); err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
			if round == 0 { // the first round only warms up
				m.samples = map[string][]time.Duration{}
			}
		}
	}
	return b.compare(markets[0], markets[1])
}

// open fills a database and starts a server on it.
func (b *bench) open(ctx context.Context, c *cluster, orders int) (*market, error) {
	m := &market{name: fmt.Sprintf("orders%d", orders), orders: orders, pages: c, left: map[string][]api.Order{}, samples: map[string][]time.Duration{}}
	dir := b.file(m.name)
	if err := errors.Join(os.MkdirAll(dir, 0o700), c.exec(ctx, "postgres", "CREATE DATABASE "+m.name)); err != nil {
		return m, err
	}
	m.data = filepath.Join(dir, "server")
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte("a long password\n"), 0o600); err != nil {
		return m, err
	}
	if _, _, err := client(ctx, m.env(), b.bin("handover-server"), "user", "add", "--data", m.data,
		"--email", "eva@example.org", "--name", "Eva", "--password-file", password); err != nil {
		return m, err
	}
	began := time.Now()
	if err := c.fill(ctx, m.name, orders, b.seed, began.UTC().Truncate(time.Second)); err != nil {
		return m, fmt.Errorf("fill: %w", err)
	}
	size, err := c.number(ctx, m.name, "SELECT pg_database_size(current_database())")
	if err != nil {
		return m, err
	}
	fmt.Fprintf(b.out, "filled with %d orders and %d events in %.0f s: %.1f GB\n", orders, orders*eventsPerOrder, time.Since(began).Seconds(), float64(size)/1e9)
	if err := m.sound(ctx, b); err != nil {
		return m, err
	}
	if err := m.start(ctx, b, dir); err != nil {
		return m, err
	}
	m.token, err = session(ctx, m.url, "eva@example.org", "a long password")
	if err != nil {
		return m, err
	}
	return m, m.explore(ctx)
}

// env has the address, because a list of processes must not show it.
func (m *market) env() []string { return []string{"HANDOVER_DATABASE=" + m.pages.address(m.name)} }

// sound checks the records of the small database for consistency, to show that a
// server could have written them. The content of files is missing.
func (m *market) sound(ctx context.Context, b *bench) error {
	if m.orders > ordersPerSeller {
		return nil
	}
	_, said, err := client(ctx, m.env(), b.bin("handover-server"), "check", "--data", m.data)
	if err != nil {
		said = err.Error()
	}
	missing := 0
	for line := range strings.Lines(said) {
		if strings.Contains(line, "no such file") {
			missing++
		}
	}
	if !strings.Contains(said, fmt.Sprintf("%d orders, ", m.orders)) || !strings.Contains(said, fmt.Sprintf(", %d problems\n", missing)) {
		return fmt.Errorf("the records are not sound: %s", tail([]byte(said)))
	}
	return nil
}

func (m *market) start(ctx context.Context, b *bench, dir string) (err error) {
	const ready = "handover-server listening on "
	m.server, err = serve(ctx, dir, func(log string) bool { return strings.Contains(log, ready) }, m.env(),
		b.bin("handover-server"), "serve", "--data", m.data, "--listen", "127.0.0.1:0", "--review-period", review.String())
	if err != nil {
		return err
	}
	said, err := os.ReadFile(m.server.log)
	if err != nil {
		return err
	}
	m.url = field(string(said), ready)
	m.eva, err = api.NewClient(m.url, m.token, http.DefaultTransport)
	if err != nil {
		return err
	}
	return get(ctx, m.url+"/readyz")
}

// explore finds the orders and cursors for the measurements.
func (m *market) explore(ctx context.Context) (err error) {
	if m.eva, err = api.NewClient(m.url, m.token, http.DefaultTransport); err != nil {
		return err
	}
	for i := 0; i < 80; i++ { // 8,000 of her 10,000
		page, err := m.eva.OrderPage(ctx, api.Filter{Cursor: m.deep})
		if err != nil {
			return err
		}
		m.deep = page.Cursor
	}
	for _, status := range []order.Status{order.Active, order.Delivered} {
		page, err := m.eva.OrderPage(ctx, api.Filter{Status: []order.Status{status}, Limit: 500})
		if err != nil {
			return err
		}
		m.left[string(status)] = page.Orders
	}
	return m.hundredFromEnd(ctx)
}

func (m *market) hundredFromEnd(ctx context.Context) (err error) {
	m.near, err = m.pages.number(ctx, m.name, `SELECT seq FROM events WHERE seller = (SELECT id FROM accounts WHERE email = 'eva@example.org')
		ORDER BY seq DESC OFFSET 100 LIMIT 1`)
	return err
}

// take returns an unused order in a status.
func (m *market) take(status order.Status) (api.Order, error) {
	left := m.left[string(status)]
	if len(left) == 0 {
		return api.Order{}, fmt.Errorf("no %s order is left: fewer -rounds", status)
	}
	m.left[string(status)] = left[1:]
	return left[0], nil
}

// time measures several calls of f.
func (m *market) time(name string, times int, f func() error) error {
	for range times {
		began := time.Now()
		if err := f(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		m.took(name, time.Since(began))
	}
	return nil
}

func (m *market) took(name string, d time.Duration) {
	if !slices.Contains(m.measured, name) {
		m.measured = append(m.measured, name)
	}
	m.samples[name] = append(m.samples[name], d)
}

// get reads an answer and requires the status 200.
func get(ctx context.Context, address string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}

// compare prints both databases and their ratio.
func (b *bench) compare(small, large *market) error {
	fmt.Fprintf(b.out, "\n### database\nOne seller with %d orders, alone and among %d; %d rounds; medians, and the 95th percentile after the comma\n\n", ordersPerSeller, large.orders, b.rounds)
	fmt.Fprintf(b.out, "| what | %d orders, ms | %d orders, ms | ratio |\n|---|---|---|---|\n", small.orders, large.orders)
	for _, name := range small.measured {
		s, l := small.samples[name], large.samples[name]
		fmt.Fprintf(b.out, "| %s | %.2f, %.2f | %.2f, %.2f | %.2f × |\n", name, percentile(s, 50), percentile(s, 95), percentile(l, 50), percentile(l, 95), percentile(l, 50)/percentile(s, 50))
	}
	return nil
}

// percentile is in milliseconds.
func percentile(took []time.Duration, p int) float64 {
	sorted := slices.Sorted(slices.Values(took))
	return float64(sorted[(len(sorted)*p+99)/100-1].Microseconds()) / 1000
}
