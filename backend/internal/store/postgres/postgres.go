// Package postgres stores Handover's records in a PostgreSQL database, which
// several servers may use at once.
//
// Transactions are READ COMMITTED and take explicit locks in this order, which
// prevents deadlocks: orders by ID, uploads by ID, the lock of the log of events,
// and the rows that only its holder changes (counts and earnings). A transaction
// that deadlocks nonetheless is tried again.
package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"handover/backend/internal/store"
)

// Store is an open database with records.
type Store struct {
	store.Records
	*database

	// lease is leaseFor; tests shorten it.
	lease leaseTimes
	locks *locks

	stop      context.CancelFunc
	listening sync.WaitGroup
}

// database is the connection that all parts of a store share.
type database struct {
	pool      *pgxpool.Pool
	log       *slog.Logger
	commented store.Watchers

	mu      sync.Mutex
	newest  uint64 // the highest Seq that was announced
	changed chan struct{}
}

// The parts of a store.
type (
	orders      struct{ *database }
	deadlines   struct{ *database }
	journal     struct{ *database }
	annotations struct{ *database }
	accounts    struct{ *database }
	uploads     struct{ *database }
	ledger      struct{ *database }
	outboxes    struct{ *database }
	checks      struct{ *database }
)

func newStore(db *database) *Store {
	return &Store{Records: store.Records{
		Orders:      orders{db},
		Deadlines:   deadlines{db},
		EventLog:    journal{db},
		Annotations: annotations{db},
		Accounts:    accounts{db},
		Uploads:     uploads{db},
		Ledger:      ledger{db},
		Outboxes:    outboxes{db},
		Checks:      checks{db},
	}, database: db, lease: leaseTimes(leaseFor), locks: newLocks()}
}

// Open connects to the database at the address, such as
// postgres://user:password@host/name, and migrates its tables to the latest
// format. When several servers start at once, one migrates and the others wait.
// Open returns [store.ErrUnavailable] when the database does not answer, and
// ErrNewer for tables in a newer format. No error contains the password.
func Open(ctx context.Context, address string, log *slog.Logger) (*Store, error) {
	c, err := configure(address)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, c); err != nil {
		return nil, fmt.Errorf("open the database: %w", explain(fault(ctx, err)))
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", fault(ctx, err))
	}
	s := newStore(&database{pool: pool, log: log, changed: make(chan struct{})})
	if s.newest, err = s.EventLog.LastSeq(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open the database: %w", err)
	}
	listen, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.listening.Go(func() { s.listen(listen) })
	return s, nil
}

// Close closes all connections after running transactions have ended.
func (s *Store) Close() error {
	s.stop()
	s.listening.Wait()
	s.locks.close()
	s.pool.Close()
	return nil
}

// Changed implements [store.EventLog]. Events of another server close the channel
// after a short delay.
func (s journal) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// announce closes the channel of Changed when seq is newer than the last announced
// event. The server's own notifications repeat a seq.
func (d *database) announce(seq uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if seq <= d.newest {
		return
	}
	d.newest = seq
	close(d.changed)
	d.changed = make(chan struct{})
}

// announceAfter announces new events unless err is set, and returns err.
func (d *database) announceAfter(err error, seq uint64) error {
	if err != nil {
		return err
	}
	d.announce(seq)
	return nil
}

// Agree returns the value that all servers of this database use for the name: the
// stored value, or else the given one, which it stores.
func (s *Store) Agree(ctx context.Context, name, value string) (agreed string, err error) {
	err = s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, value); err != nil {
			return err
		}
		return tx.QueryRow(ctx, "SELECT value FROM settings WHERE name = $1", name).Scan(&agreed)
	})
	return agreed, err
}

// Connections returns the number of connections in use, of open connections, and
// the limit.
func (s *Store) Connections() (used, open, most int32) {
	st := s.pool.Stat()
	return st.AcquiredConns(), st.TotalConns(), st.MaxConns()
}
