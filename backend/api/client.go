package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"handover/backend/order"
)

// ErrUnreachable means that no answer came, or an answer that is not from a Handover
// server.
var ErrUnreachable = errors.New("the server does not answer")

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

// requestTimeout bounds every call except the stream of events.
const requestTimeout = 30 * time.Second

// Client calls one server in the name of one party. Its methods return a
// [*Problem] for a refusal and ErrUnreachable for no answer, with a [*Foreign]
// in it if something else answered.
type Client struct {
	base  string
	token string
	match string // sent as If-Match, see At
	http  *http.Client
}

// NewClient returns a client of the server at the address, such as
// https://handover.example.org. The token may be empty before sign-in. The
// transport may be nil; it is used through a [Guard].
func NewClient(address, token string, transport http.RoundTripper) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
		return nil, &Problem{Code: string(order.Invalid), Field: "server", Detail: "the server's address begins with https:// or http://"}
	}
	return &Client{
		base: strings.TrimSuffix(u.Scheme+"://"+u.Host+u.EscapedPath(), "/"), token: token,
		http: &http.Client{Transport: Guarded(transport), CheckRedirect: redirect},
	}, nil
}

// redirect follows a redirect to the storage of a file, without the token. It
// follows no other redirects.
func redirect(r *http.Request, via []*http.Request) error {
	if r.Method != http.MethodGet || via[0].Header.Get("Accept") != anything || len(via) > 1 {
		return http.ErrUseLastResponse
	}
	r.Header.Del("Authorization")
	return nil
}

// Base returns the server's address without a slash at the end.
func (c *Client) Base() string { return c.base }

// Authorise adds the token to a request.
func (c *Client) Authorise(r *http.Request) {
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
}

// SignIn returns a new session.
func (c *Client) SignIn(ctx context.Context, email, password string) (Session, error) {
	return call[Session](ctx, c, "POST", "/session", Credentials{Email: email, Password: password})
}

// SignOut ends the session of the client's token.
func (c *Client) SignOut(ctx context.Context) error {
	_, err := call[struct{}](ctx, c, "DELETE", "/session", nil)
	return err
}

// Server returns the server's version and limits.
func (c *Client) Server(ctx context.Context) (Server, error) {
	return call[Server](ctx, c, "GET", "/server", nil)
}

// Orders returns all orders of the seller, soonest due first.
func (c *Client) Orders(ctx context.Context) ([]Order, error) {
	orders := []Order{}
	for f := (Filter{Limit: 500}); ; {
		page, err := c.OrderPage(ctx, f)
		if err != nil {
			return nil, err
		}
		orders = append(orders, page.Orders...)
		if f.Cursor = page.Cursor; f.Cursor == "" {
			return orders, nil
		}
	}
}

// Order returns one order.
func (c *Client) Order(ctx context.Context, id string) (Order, error) {
	return call[Order](ctx, c, "GET", "/orders/"+url.PathEscape(id), nil)
}

// PlaceOrder places an order for a client of the seller.
func (c *Client) PlaceOrder(ctx context.Context, o NewOrder) (PlacedOrder, error) {
	return call[PlacedOrder](ctx, c, "POST", "/orders", o)
}

// Deliver makes a delivery. The same key never makes two deliveries, so the caller
// can retry a call whose answer was lost.
func (c *Client) Deliver(ctx context.Context, id, key string, d NewDelivery) (Order, error) {
	return call[Order](ctx, c, "POST", "/orders/"+url.PathEscape(id)+"/deliveries", d, "Idempotency-Key", key)
}

// Download writes a delivered file to w.
func (c *Client) Download(ctx context.Context, id string, delivery int, file string, w io.Writer) error {
	path := "/orders/" + url.PathEscape(id) + "/deliveries/" + strconv.Itoa(delivery) + "/files/" + url.PathEscape(file)
	resp, err := c.do(ctx, "GET", path, nil, "Accept", anything)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(w, resp.Body)
	return err
}

// call sends in as JSON, if any, and decodes the answer. headers are pairs.
func call[Out any](ctx context.Context, c *Client, method, path string, in any, headers ...string) (out Out, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return out, err
		}
		if len(raw) > packFrom {
			headers = append(headers, "Content-Encoding", "gzip")
			if raw, err = pack(raw); err != nil {
				return out, err
			}
		}
		body = bytes.NewReader(raw)
	}
	resp, err := c.do(ctx, method, path, body, headers...)
	if err != nil {
		return out, err
	}
	defer resp.Body.Close()
	return decode[Out](resp)
}

// packFrom is the length, in bytes, above which a request's JSON is sent as gzip:
// many proxies accept at most a megabyte, and a delivery of 10,000 files has two.
const packFrom = 256 << 10

func pack(plain []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}

// decode reads an answer; the caller closes its body.
func decode[Out any](resp *http.Response) (out Out, err error) {
	if resp.StatusCode == http.StatusNoContent {
		return out, nil
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return out, fmt.Errorf("%w: its answer was cut short: %w", ErrUnreachable, err)
	}
	return out, nil
}

// Types of answers, for Accept.
const (
	anything = "*/*"
	isJSON   = "application/json"
	isEvents = "text/event-stream"
)

// do sends a request and returns the answer unless it is a problem. headers are
// pairs. The default of Accept is JSON.
func (c *Client) do(ctx context.Context, method, path string, body io.Reader, headers ...string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1"+path, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Accept", isJSON)
	if c.match != "" {
		r.Header.Set("If-Match", c.match)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	c.Authorise(r)
	resp, err := c.http.Do(r)
	if err != nil {
		if cause := context.Cause(ctx); errors.Is(cause, context.Canceled) {
			return nil, cause
		}
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if resp.StatusCode < 300 {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, problemOf(resp)
}

func problemOf(resp *http.Response) error {
	p := &Problem{Status: resp.StatusCode}
	err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(p)
	if err != nil || p.Code == "" {
		return fmt.Errorf("%w: it said %s", ErrUnreachable, resp.Status)
	}
	return p
}
