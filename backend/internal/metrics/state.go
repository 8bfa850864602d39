package metrics

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// askWithin bounds the time to query the state.
const askWithin = 5 * time.Second

var (
	ordersDesc = prometheus.NewDesc("handover_orders", "Orders by status, as stored.", []string{"status"}, nil)
	lagDesc    = prometheus.NewDesc("handover_deadline_lag_seconds", "Time since the oldest passed deadline that is not applied yet; 0 for none.", nil, nil)
	connsDesc  = prometheus.NewDesc("handover_database_connections", "Connections to the database: used, open (used ones among them), and most, how many there may be.", []string{"state"}, nil)
	outboxDesc = prometheus.NewDesc("handover_outbox_depth", "Unsent messages.", []string{"channel"}, nil)
)

// state is queried at each scrape.
type state struct{ Config }

// Describe implements [prometheus.Collector].
func (s *state) Describe(out chan<- *prometheus.Desc) {
	out <- ordersDesc
	out <- lagDesc
	out <- outboxDesc
	out <- connsDesc
}

// Collect implements [prometheus.Collector].
func (s *state) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	counted, err := s.Orders.CountOrders(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(ordersDesc, fmt.Errorf("count the orders: %w", err))
	}
	for status, n := range counted {
		out <- gauge(ordersDesc, float64(n), string(status))
	}
	due, err := s.Orders.NextDeadline(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(lagDesc, fmt.Errorf("ask for the next deadline: %w", err))
	} else {
		out <- gauge(lagDesc, s.lag(due))
	}
	if s.Connections != nil {
		used, open, most := s.Connections()
		out <- gauge(connsDesc, float64(used), "used")
		out <- gauge(connsDesc, float64(open), "open")
		out <- gauge(connsDesc, float64(most), "most")
	}
	if s.Waiting == nil {
		return
	}
	for channel, n := range s.Waiting() {
		out <- gauge(outboxDesc, float64(n), channel)
	}
}

func (s *state) lag(due time.Time) float64 {
	if due.IsZero() {
		return 0
	}
	return max(0, s.Now().Sub(due).Seconds())
}

func gauge(d *prometheus.Desc, v float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}
