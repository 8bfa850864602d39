package backend

import (
	"handover/backend/internal/metrics"
	"handover/backend/internal/store"
)

// meter measures this server.
func (s *Server) meter() *metrics.Metrics {
	orders := struct {
		store.Orders
		store.Deadlines
	}{s.records.Orders, s.records.Deadlines}
	c := metrics.Config{Orders: orders, Version: Version, Now: s.config.Now, Waiting: s.waiting}
	if db, ok := s.db.(interface {
		Connections() (used, open, most int32)
	}); ok {
		c.Connections = db.Connections
	}
	return metrics.New(c)
}

// waiting returns the number of unsent messages of each channel.
func (s *Server) waiting() map[string]int {
	counted := map[string]int{}
	for _, d := range s.notices.Depths() {
		counted[d.Channel] = d.Pending
	}
	return counted
}
