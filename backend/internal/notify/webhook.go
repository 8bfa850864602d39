package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/order"
)

const (
	callTimeout = 20 * time.Second
	maxAnswer   = 64 << 10 // bytes of an answer that are read and discarded
	secretStart = "whsec_"
)

// WebhookConfig has the address of the webhook and its signing key.
type WebhookConfig struct {
	url    string
	secret []byte
}

// ParseWebhook reads the address and the secret. The address must use https, or be
// on this computer. The secret is whsec_ and 24 to 64 bytes in Base64. Errors repeat
// neither.
func ParseWebhook(address, secret string) (*WebhookConfig, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname()))) {
		return nil, errors.New("the address of the webhook is not one that begins with https:// (http:// only on this computer)")
	}
	encoded, ok := strings.CutPrefix(secret, secretStart)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, errors.New("the secret of the webhook is whsec_ followed by 24 to 64 random bytes in Base64; `openssl rand -base64 32` makes some")
	}
	return &WebhookConfig{url: u.String(), secret: key}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// caller sends webhooks.
type caller struct {
	WebhookConfig
	records Records
	now     func() time.Time
	http    *http.Client
}

func newCaller(w WebhookConfig, c Config) *caller {
	return &caller{WebhookConfig: w, records: c.Store, now: c.Now, http: &http.Client{
		Timeout: callTimeout,
		// A request signed for one address must not reach another.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: parallel,
			IdleConnTimeout: lookAgain, TLSHandshakeTimeout: callTimeout,
		},
	}}
}

func (c *caller) receivers(order.Event) []order.Party { return []order.Party{""} }

func (c *caller) close() { c.http.CloseIdleConnections() }

func (c *caller) send(ctx context.Context, e order.Event, entry store.Entry) error {
	body, err := c.notice(ctx, e)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return permanentError{errors.New("the address of the webhook is none")} // the error itself would repeat the address
	}
	at := strconv.FormatInt(c.now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Handover")
	r.Header.Set("webhook-id", entry.ID)
	r.Header.Set("webhook-timestamp", at)
	r.Header.Set("webhook-signature", "v1,"+c.sign(entry.ID, at, body))
	answer, err := c.http.Do(r)
	if err != nil {
		return withoutAddress(err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer) // the status is enough
	if answer.StatusCode/100 == 2 {
		return nil
	}
	return busyError{fmt.Errorf("the receiver answered %d %s", answer.StatusCode, http.StatusText(answer.StatusCode)), retryAfter(answer)}
}

// notice returns the body of the webhook for an event.
func (c *caller) notice(ctx context.Context, e order.Event) ([]byte, error) {
	o, err := c.records.Order(ctx, e.Order)
	if err != nil {
		return nil, fmt.Errorf("load order %s: %w", e.Order, err)
	}
	seller, err := c.records.Account(ctx, o.SellerID)
	if err != nil {
		return nil, fmt.Errorf("load the seller of order %s: %w", o.ID, err)
	}
	return json.Marshal(api.Notice{
		Type: api.NoticeType(e.Type), Timestamp: e.At,
		Data: api.NoticeData{Event: e, Order: api.ViewOrder(o, order.Seller, seller.Name, c.now())},
	})
}

// sign returns the signature of the Standard Webhooks specification.
func (c *caller) sign(id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, c.secret)
	fmt.Fprintf(mac, "%s.%s.%s", id, timestamp, body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// withoutAddress removes the address from an error, because it may contain a secret.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// retryAfter returns the wait that a busy receiver asks for.
func retryAfter(answer *http.Response) time.Duration {
	seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	if err != nil || seconds < 0 || seconds > int(lastRetry/time.Second) {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
