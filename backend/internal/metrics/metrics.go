// Package metrics measures a server for Prometheus. It exposes only counts and times:
// no names, addresses, tokens or orders.
package metrics

import (
	"context"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"handover/backend/order"
)

// Orders is queried at each scrape. It must answer quickly for any number of orders.
type Orders interface {
	CountOrders(ctx context.Context) (map[order.Status]int, error)
	NextDeadline(ctx context.Context) (time.Time, error)
}

// Config has the sources of the measurements.
type Config struct {
	Orders  Orders
	Version string
	Now     func() time.Time
	// Waiting returns the number of unsent messages of each channel, such as
	// "mail"; nil for a server without channels.
	Waiting func() map[string]int
	// Connections returns the number of used, open and allowed connections to
	// the database; nil without a database.
	Connections func() (used, open, most int32)
}

// Metrics measures one server.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	received prometheus.Counter
	open     prometheus.Gauge
}

// New returns metrics with a registry of their own.
func New(c Config) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "handover_http_requests_total", Help: "Answered requests.",
		}, []string{"route", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "handover_http_request_duration_seconds", Help: "Duration of requests until the end of the answer.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2.5, 10, 60, 600},
		}, []string{"route"}),
		received: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "handover_upload_bytes_received_total", Help: "Received bytes of uploads.",
		}),
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "handover_uploads_open", Help: "Uploads in progress.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "handover_build_info", Help: "Always 1; the labels have the version.",
		ConstLabels: prometheus.Labels{"version": c.Version, "goversion": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.duration, m.received, m.open, build, &state{c},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the metrics in Prometheus' text format. Failed measurements are
// omitted.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// Answered counts an answered request. The route is its pattern.
func (m *Metrics) Answered(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(route).Observe(took.Seconds())
}

// Receiving counts an upload as open until done is called.
func (m *Metrics) Receiving() (done func()) {
	m.open.Inc()
	return m.open.Dec
}

// Received counts received bytes of uploads.
func (m *Metrics) Received(n int) { m.received.Add(float64(n)) }
