// Package metrics measures a server for Prometheus. What it says holds counts
// and times only: no names, addresses, tokens or orders.
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

// Orders is what is asked at each look. It must answer quickly, however many
// orders there are.
type Orders interface {
	CountOrders(ctx context.Context) (map[order.Status]int, error)
	NextDeadline(ctx context.Context) (time.Time, error)
}

// Config says what is measured.
type Config struct {
	Orders  Orders
	Version string
	Now     func() time.Time
	// Waiting returns how many messages each channel has yet to send, such as
	// "mail"; nil when nothing is sent.
	Waiting func() map[string]int
	// Connections returns how many connections to the database are used, how
	// many are open, and how many there may be; nil when there are none.
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
			Name: "handover_http_requests_total", Help: "Requests that were answered.",
		}, []string{"route", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "handover_http_request_duration_seconds", Help: "How long the answers took, whole.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2.5, 10, 60, 600},
		}, []string{"route"}),
		received: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "handover_upload_bytes_received_total", Help: "Bytes of uploads that arrived.",
		}),
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "handover_uploads_open", Help: "Uploads that are being received at this moment.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "handover_build_info", Help: "Always 1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": c.Version, "goversion": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.duration, m.received, m.open, build, &state{c},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler answers in Prometheus' text format. What could not be measured is
// missing in the answer.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// Answered notes that a request was answered. The route is its pattern.
func (m *Metrics) Answered(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(route).Observe(took.Seconds())
}

// Receiving notes that the body of an upload begins; done that it has ended.
func (m *Metrics) Receiving() (done func()) {
	m.open.Inc()
	return m.open.Dec
}

// Received notes that bytes of an upload arrived.
func (m *Metrics) Received(n int) { m.received.Add(float64(n)) }
