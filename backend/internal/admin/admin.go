// Package admin connects the operator's commands to a running server, by a socket
// in its data folder that only the folder's owner can open.
package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"handover/backend/api"
	"handover/backend/order"
)

// Operator is what the operator may ask of a server.
type Operator interface {
	Users
	// AddOrder places an order of the seller with the e-mail address.
	AddOrder(ctx context.Context, seller string, o api.NewOrder) (api.PlacedOrder, error)
	// ImportOrders places the orders of a file for the seller.
	ImportOrders(ctx context.Context, seller string, in api.Import) (api.Imported, error)
	Check(ctx context.Context) (Report, error)
	// Backup writes a backup. On error the output is not a usable backup.
	Backup(ctx context.Context, w io.Writer) (Backup, error)
	// Sweep removes abandoned uploads; with dryRun it only counts them.
	Sweep(ctx context.Context, dryRun bool) (Swept, error)
	Outboxes
}

type newOrder struct {
	Seller string       `json:"seller"`
	Order  api.NewOrder `json:"order"`
}

type newOrders struct {
	Seller string     `json:"seller"`
	Import api.Import `json:"import"`
}

// Report is the result of a check of all stored data.
type Report struct {
	Orders     int      `json:"orders"`
	Deliveries int      `json:"deliveries"`
	Files      int      `json:"files"`
	Bytes      int64    `json:"bytes"`
	Problems   []string `json:"problems"`
}

func (r Report) String() string {
	return fmt.Sprintf("%s, %s, %s, %s, %s", count(int64(r.Orders), "order", "orders"), count(int64(r.Deliveries), "delivery", "deliveries"),
		count(int64(r.Files), "file", "files"), count(r.Bytes, "byte", "bytes"), r.ProblemCount())
}

// ProblemCount returns the number of problems in words, such as "1 problem".
func (r Report) ProblemCount() string { return count(int64(len(r.Problems)), "problem", "problems") }

func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// socket is the name of the socket in a data folder.
const socket = "handover.sock"

// Listen opens the socket of the data folder. The caller has locked the folder's
// database, so an existing socket is left from a crash.
func Listen(dir string) (net.Listener, error) {
	path := filepath.Join(dir, socket)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("open the operator's socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// answer is the answer to a command.
type answer struct {
	Result json.RawMessage `json:"result,omitempty"`
	Error  *order.Error    `json:"error,omitempty"`
}

// Handler answers the commands that come over the socket.
func Handler(op Operator) http.Handler {
	mux := http.NewServeMux()
	handleUsers(mux, op)
	mux.Handle("POST /order/add", call(func(ctx context.Context, n newOrder) (api.PlacedOrder, error) {
		return op.AddOrder(ctx, n.Seller, n.Order)
	}))
	mux.Handle("POST /order/import", call(func(ctx context.Context, n newOrders) (api.Imported, error) {
		return op.ImportOrders(ctx, n.Seller, n.Import)
	}))
	mux.Handle("POST /check", call(func(ctx context.Context, _ struct{}) (Report, error) { return op.Check(ctx) }))
	mux.HandleFunc("POST /backup", func(w http.ResponseWriter, r *http.Request) { stream(w, r, op.Backup) })
	mux.Handle("POST /janitor", call(func(ctx context.Context, s sweep) (Swept, error) { return op.Sweep(ctx, s.DryRun) }))
	handleOutboxes(mux, op)
	return mux
}

func call[In, Out any](f func(context.Context, In) (Out, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		out, err := f(r.Context(), in)
		json.NewEncoder(w).Encode(answerOf(out, err))
	})
}

func answerOf(out any, err error) (a answer) {
	if err != nil {
		return failure(err)
	}
	if a.Result, err = json.Marshal(out); err != nil {
		return failure(err)
	}
	return a
}

// failure returns the whole error, because the operator may read everything.
func failure(err error) answer {
	var refused *order.Error
	if !errors.As(err, &refused) {
		return answer{Error: &order.Error{Code: "internal", Message: err.Error()}}
	}
	whole := *refused
	whole.Message = err.Error()
	return answer{Error: &whole}
}

// Client is the [Operator] of a running server.
type Client struct{ http http.Client }

// ErrNoServer is returned by [Dial] when no server runs on the data folder.
var ErrNoServer = errors.New("no server runs on this data")

// Dial returns the operator of the server that runs on the data folder.
func Dial(dir string) (*Client, error) {
	path := filepath.Join(dir, socket)
	conn, err := net.Dial("unix", path)
	switch {
	case err != nil && nobodyListens(path, err):
		return nil, ErrNoServer
	case err != nil:
		return nil, fmt.Errorf("reach the server on %s: %w", dir, err)
	}
	conn.Close()
	return &Client{http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		},
	}}}, nil
}

// nobodyListens reports whether the socket is missing or left from a crash.
func nobodyListens(path string, err error) bool {
	_, gone := os.Lstat(path) // on Windows, connecting does not report a missing socket
	return errors.Is(gone, fs.ErrNotExist) || refused(err)
}

func refused(err error) bool {
	const wsaConnectionRefused = syscall.Errno(10061) // of Windows
	return errors.Is(err, syscall.ECONNREFUSED) || runtime.GOOS == "windows" && errors.Is(err, wsaConnectionRefused)
}

// Close ends the client's connections.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

func ask[Out any](ctx context.Context, c *Client, command string, in any) (out Out, err error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return out, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://server/"+command, bytes.NewReader(raw))
	if err != nil {
		return out, err
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return out, fmt.Errorf("reach the server: %w", err)
	}
	defer resp.Body.Close()
	return readAnswer[Out](resp.Body)
}

func readAnswer[Out any](r io.Reader) (out Out, err error) {
	var a answer
	if err := json.NewDecoder(r).Decode(&a); err != nil {
		return out, fmt.Errorf("read the server's answer: %w", err)
	}
	if a.Error != nil {
		return out, a.Error
	}
	return out, json.Unmarshal(a.Result, &out)
}

// AddOrder implements [Operator].
func (c *Client) AddOrder(ctx context.Context, seller string, o api.NewOrder) (api.PlacedOrder, error) {
	return ask[api.PlacedOrder](ctx, c, "order/add", newOrder{seller, o})
}

// ImportOrders implements [Operator].
func (c *Client) ImportOrders(ctx context.Context, seller string, in api.Import) (api.Imported, error) {
	return ask[api.Imported](ctx, c, "order/import", newOrders{seller, in})
}

// Check implements [Operator].
func (c *Client) Check(ctx context.Context) (Report, error) {
	return ask[Report](ctx, c, "check", struct{}{})
}
