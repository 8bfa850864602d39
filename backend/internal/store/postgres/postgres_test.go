package postgres_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"testing"

	"go.uber.org/goleak"

	"handover/backend/internal/store"
	"handover/backend/internal/store/postgres"
	"handover/backend/internal/store/postgres/pgtest"
	"handover/backend/internal/store/storetest"
)

var cluster pgtest.Cluster

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if err := cluster.Stop(); err != nil {
			slog.Error("stop PostgreSQL", "error", err)
			code = 1
		}
		os.Exit(code)
	}))
}

func open(t testing.TB, address string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(context.Background(), address, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (store.Records, io.Closer) {
		s := open(t, cluster.Database(t))
		return s.Records, s
	})
}
