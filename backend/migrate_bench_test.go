package backend_test

import (
	"testing"
	"time"

	"handover/backend"
)

// BenchmarkMigrate carries 100,000 orders over to PostgreSQL, and checks both
// sides.
func BenchmarkMigrate(b *testing.B) {
	house := keepHouse(b)
	stock(b, house.dir, house, 100_000, func(i int) time.Time { return lifeBegins.Add(time.Duration(i) * time.Second) })
	var records int64
	for b.Loop() {
		b.StopTimer()
		m := migration(copied(b, house.dir, ""), cluster.Database(b))
		m.AtOnce = 0
		b.StartTimer()
		done, err := backend.Migrate(b.Context(), m)
		if err != nil {
			b.Fatal(err)
		}
		records += done.Records
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
}
