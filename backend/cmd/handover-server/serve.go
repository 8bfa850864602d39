package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"handover/backend"
	"handover/backend/commandline"
	"handover/backend/order"
	"handover/frontend"
)

// stopWithin is how long running requests may take to end.
const stopWithin = 10 * time.Second

type serveCommand struct {
	dataFlags
	noticeFlags
	Listen          string           `env:"HANDOVER_LISTEN" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on; port 0 picks a free port."`
	PublicURL       string           `env:"HANDOVER_PUBLIC_URL" name:"public-url" placeholder:"URL" help:"Address of this server in links, also with a path (https://example.org/handover). Default: the address it listens on."`
	ReviewPeriod    time.Duration    `env:"HANDOVER_REVIEW_PERIOD" default:"72h" help:"How long a buyer may review a delivery before the order completes automatically."`
	ReviewFrom      order.ReviewFrom `env:"HANDOVER_REVIEW_FROM" default:"delivery" enum:"delivery,due-date" help:"Start of the review period: delivery, or the later of due-date and delivery."`
	ClearingPeriod  time.Duration    `env:"HANDOVER_CLEARING_PERIOD" default:"336h" help:"How long the payment of a completed order clears."`
	MaxFileSize     size             `env:"HANDOVER_MAX_FILE_SIZE" default:"5GB" help:"The largest file that can be uploaded."`
	Quota           space            `env:"HANDOVER_QUOTA" default:"0" help:"Limit of the files of one seller, where equal content counts once; 0 for no limit."`
	Reserve         space            `env:"HANDOVER_RESERVE" default:"1GB" help:"Space that uploads leave free on the disk; 0 for none."`
	StorageTemp     size             `env:"HANDOVER_STORAGE_TEMP" default:"1GB" help:"Limit of the data that waits in the data folder for its way to the --storage. Further uploads wait."`
	StorageRedirect bool             `env:"HANDOVER_STORAGE_REDIRECT" help:"Redirect downloads of single files to the --storage. Anyone with the address can download the file for five minutes."`
	AbandonedAfter  time.Duration    `env:"HANDOVER_ABANDONED_AFTER" default:"168h" help:"When to remove an upload without new data, and an undelivered file of a finished order."`
	TLSCert         string           `env:"HANDOVER_TLS_CERT" name:"tls-cert" placeholder:"FILE" help:"Certificate chain, for https."`
	TLSKey          string           `env:"HANDOVER_TLS_KEY" name:"tls-key" placeholder:"FILE" help:"Private key of the certificate."`
	TrustProxy      bool             `env:"HANDOVER_TRUST_PROXY" help:"Use the last address in X-Forwarded-For as the client: every request comes through a proxy that writes it."`
	Metrics         string           `env:"HANDOVER_METRICS" default:"local" enum:"local,public" help:"Who may read /metrics: local (programs on this computer, without a proxy) or public (everyone)."`
	LogLevel        string           `env:"HANDOVER_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" help:"Lowest level that is logged: debug, info, warn or error."`
	LogFormat       string           `env:"HANDOVER_LOG_FORMAT" default:"text" enum:"text,json" help:"Format of the log on standard error: text or json."`
}

// Run serves until the context ends.
func (c *serveCommand) Run(ctx context.Context, streams commandline.Streams) error {
	if c.ReviewPeriod <= 0 || c.ClearingPeriod < 0 {
		return &commandline.UsageError{Err: errors.New("--review-period and --clearing-period are durations above zero, such as 72h")}
	}
	if c.AbandonedAfter <= 0 {
		return errAbandonedAfter
	}
	if err := checkPublicURL(c.PublicURL); err != nil {
		return err
	}
	if err := checkListen(ctx, c.Listen); err != nil {
		return err
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return &commandline.UsageError{Err: errors.New("--tls-cert and --tls-key go together")}
	}
	notices, err := c.notices()
	if err != nil {
		return err
	}
	log := newLog(streams.Err, c.LogFormat, c.LogLevel)
	pages, built := frontend.Review()
	if !built {
		log.Warn("built without the frontend: the API works, the buyer's review page is missing")
	}
	config, err := c.config(log)
	if err != nil {
		return err
	}
	config.PublicURL, config.TrustProxy, config.PublicMetrics, config.Pages, config.Notices = c.PublicURL, c.TrustProxy, c.Metrics == "public", pages, notices
	config.StorageTemp, config.StorageRedirect = int64(c.StorageTemp), c.StorageRedirect
	config.Quota, config.Reserve, config.AbandonedAfter = int64(c.Quota), int64(c.Reserve), c.AbandonedAfter
	config.Policy = order.Policy{
		ReviewPeriod: c.ReviewPeriod, ReviewFrom: c.ReviewFrom,
		ClearingPeriod: c.ClearingPeriod, MaxFileSize: int64(c.MaxFileSize),
	}
	server, err := backend.New(config)
	if err != nil {
		return err
	}
	l, scheme, err := c.listen()
	if err != nil {
		return errors.Join(err, server.Close(ctx))
	}
	if err := server.Start(l); err != nil {
		return errors.Join(err, server.Close(ctx))
	}
	fmt.Fprintf(streams.Out, "handover-server listening on %s://%s\n", scheme, l.Addr())
	<-ctx.Done()
	log.Info("stopping")
	last, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	return server.Close(last)
}

// checkPublicURL refuses addresses that a link cannot begin with.
func checkPublicURL(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsAny(address, "?#") {
		return &commandline.UsageError{Err: fmt.Errorf("--public-url %q is not an address such as https://handover.example.org or https://example.org/handover", address)}
	}
	return nil
}

// checkListen refuses addresses without a valid port.
func checkListen(ctx context.Context, address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil || !isPort(ctx, port) {
		return &commandline.UsageError{Err: fmt.Errorf("--listen %q is not an address such as 127.0.0.1:8080, or :8080 for all addresses of this computer", address)}
	}
	return nil
}

func isPort(ctx context.Context, name string) bool {
	_, err := net.DefaultResolver.LookupPort(ctx, "tcp", name)
	return err == nil
}

func (c *serveCommand) listen() (net.Listener, string, error) {
	var config *tls.Config
	if c.TLSCert != "" {
		certificate, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
		if err != nil {
			return nil, "", fmt.Errorf("read the certificate: %w", err)
		}
		config = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	}
	l, err := net.Listen("tcp", c.Listen)
	var failed *net.OpError
	if errors.As(err, &failed) { // its own message repeats the address
		err = failed.Err
	}
	if err != nil {
		return nil, "", fmt.Errorf("--listen %s: %w", c.Listen, err)
	}
	if config == nil {
		return l, "http", nil
	}
	return tls.NewListener(l, config), "https", nil
}
