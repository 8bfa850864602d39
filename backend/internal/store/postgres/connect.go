package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// maxConns bounds the connection pool of one server, unless the address has
	// pool_max_conns. Two more connections listen and hold locks.
	maxConns = 12
	// connectWithin bounds one attempt to connect, unless the address has
	// connect_timeout.
	connectWithin = 5 * time.Second
)

// limits bound how long a server that hangs or has gone can block the others. The
// address can override them.
var limits = map[string]string{
	"application_name":  "handover-server",
	"statement_timeout": "30s",
	"lock_timeout":      "15s",
	// Releases the locks of a server that stops during a transaction.
	"idle_in_transaction_session_timeout": "15s",
	"tcp_keepalives_idle":                 "30",
	"tcp_keepalives_interval":             "10",
	"tcp_keepalives_count":                "3",
	// See prepare for synchronous_commit.
}

// CheckAddress returns an error for an invalid address of a database. The error
// repeats no part of it.
func CheckAddress(address string) error {
	_, err := configure(address)
	return err
}

func configure(address string) (*pgxpool.Config, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return nil, errors.New("the address of the database is not one such as postgres://user:password@host:5432/handover")
	}
	c, err := pgxpool.ParseConfig(address)
	if err != nil {
		// The library's error repeats the address.
		return nil, errors.New("the address of the database has a part that is wrong: user, host, port, name or a setting after the question mark")
	}
	asked := u.Query()
	if !asked.Has("pool_max_conns") {
		c.MaxConns = maxConns
	}
	if c.MaxConns < 2 {
		return nil, errors.New("the address of the database says pool_max_conns; it is at least 2")
	}
	if !asked.Has("connect_timeout") {
		c.ConnConfig.ConnectTimeout = connectWithin
	}
	for name, value := range limits {
		if _, set := c.ConnConfig.RuntimeParams[name]; !set {
			c.ConnConfig.RuntimeParams[name] = value
		}
	}
	c.AfterConnect = prepare
	return c, nil
}

// explain adds a plain explanation to the error of a database that refuses access.
func explain(err error) error {
	var p *pgconn.PgError
	if !errors.As(err, &p) {
		return err
	}
	switch p.Code {
	case "28000", "28P01":
		return fmt.Errorf("the user or the password in its address is wrong, or it lets this user in from elsewhere only: %w", err)
	case "3D000":
		return fmt.Errorf("there is no database with the name in its address; create it first: %w", err)
	case "42501":
		return fmt.Errorf("the user in its address may not do that; the database has to belong to it: %w", err)
	}
	return err
}

// prepare makes the commits of a connection durable when the database's default
// does not. It keeps a stricter default, such as waiting for a standby.
func prepare(ctx context.Context, conn *pgx.Conn) error {
	var commit string
	if err := conn.QueryRow(ctx, "SHOW synchronous_commit").Scan(&commit); err != nil {
		return err
	}
	if commit != "off" {
		return nil
	}
	_, err := conn.Exec(ctx, "SET synchronous_commit = on")
	return err
}
