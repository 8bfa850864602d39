// Package objects makes the single requests to a bucket of a service that speaks S3.
//
// An error for a missing object is fs.ErrNotExist, one for a full storage is
// syscall.ENOSPC, and every other is content.ErrAway.
package objects

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"

	"handover/backend/internal/upload/content"
)

const (
	// smallTimeout bounds a request with few bytes, and largeTimeout a request with a
	// part or a copy, each including its repetitions.
	smallTimeout = 30 * time.Second
	largeTimeout = 5 * time.Minute
	// readyTimeout bounds [Client.Ready].
	readyTimeout = 5 * time.Second
	// attempts is how often a request is sent at most.
	attempts = 3
	// ProbePrefix begins the names of the objects that [Client.Probe] writes. An
	// interrupted probe leaves its object behind.
	ProbePrefix = "probe/"
)

// Config names a bucket. The keys come from the environment.
type Config struct {
	Bucket   string
	Prefix   string // of all keys, without a slash at its end; "" for none
	Endpoint string // "" for AWS's endpoint of the region
	Region   string // "" for the region of the environment
}

// Client makes requests to one bucket. The names of objects are without the prefix.
// It is safe for concurrent use.
type Client struct {
	bucket, prefix string

	api       *s3.Client
	transport *http.Transport
	unsigned  func(*s3.Options) // for requests with content

	ctx    context.Context // of all requests except reads of content
	cancel context.CancelFunc
}

// Open returns a client. It makes no request to the bucket.
func Open(c Config) (*Client, error) {
	o := &Client{bucket: c.Bucket, prefix: c.Prefix}
	o.ctx, o.cancel = context.WithCancel(context.Background())
	common := awshttp.NewBuildableClient() // gets the certificates that the environment names
	options := []func(*config.LoadOptions) error{
		config.WithHTTPClient(common),
		config.WithLogger(logging.Nop{}), // the errors of requests say enough
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = attempts, 2*time.Second })
		}),
	}
	if c.Region != "" {
		options = append(options, config.WithRegion(c.Region))
	}
	loaded, err := config.LoadDefaultConfig(o.ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("read the settings of the storage: %w", err)
	}
	if loaded.Region == "" {
		return nil, errors.New("the region of the storage is not known: say region= in its address, or AWS_REGION")
	}
	ctx, cancel := o.small()
	defer cancel()
	if _, err := loaded.Credentials.Retrieve(ctx); err != nil {
		return nil, fmt.Errorf("there are no keys to the storage: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or any of AWS's own settings: %w", err)
	}
	if custom, ok := loaded.HTTPClient.(*awshttp.BuildableClient); ok {
		common = custom
	}
	o.transport = common.GetTransport()
	o.transport.MaxIdleConnsPerHost, o.transport.ResponseHeaderTimeout = 64, time.Minute
	o.api = s3.NewFromConfig(loaded, func(so *s3.Options) {
		so.HTTPClient = &http.Client{Transport: o.transport} // Close can close its connections
		if c.Endpoint != "" {
			so.BaseEndpoint, so.UsePathStyle = &c.Endpoint, true
		}
		// Not every service knows the checksums that are AWS's own.
		so.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		so.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	})
	o.unsigned = func(*s3.Options) {}
	if !strings.HasPrefix(c.Endpoint, "http:") { // TLS protects the content; without TLS, the signature covers it
		o.unsigned = s3.WithAPIOptions(v4.SwapComputePayloadSHA256ForUnsignedPayloadMiddleware)
	}
	return o, nil
}

// Close ends all requests except reads of content.
func (c *Client) Close() {
	c.cancel()
	c.transport.CloseIdleConnections()
}

// Ready returns nil when the bucket answers.
func (c *Client) Ready() error {
	ctx, cancel := context.WithTimeout(c.ctx, readyTimeout)
	defer cancel()
	_, err := c.api.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &c.bucket})
	return c.fault("ask for the bucket", err)
}

// Probe writes and deletes an object. Its error explains in plain words why the
// bucket cannot be used.
func (c *Client) Probe() error {
	err := c.tryToWrite()
	if err == nil {
		return nil
	}
	switch statusOfAnswer(err) {
	case http.StatusNotFound:
		return fmt.Errorf("the storage has no bucket %q; create it first", c.bucket)
	case http.StatusForbidden, http.StatusUnauthorized:
		return fmt.Errorf("the storage refuses the keys from the environment for the bucket %q, or they may not write to it", c.bucket)
	case http.StatusMovedPermanently:
		return fmt.Errorf("the bucket %q is in another region", c.bucket)
	}
	return fmt.Errorf("the storage cannot be used: %w", err)
}

func (c *Client) tryToWrite() error {
	ctx, cancel := c.small()
	defer cancel()
	if _, err := c.api.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &c.bucket}); err != nil {
		return err
	}
	key := ProbePrefix + content.NewID()
	if err := c.Put(key, strings.NewReader("x"), 1); err != nil {
		return err
	}
	return c.Delete(key)
}

func (c *Client) small() (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.ctx, smallTimeout)
}

func (c *Client) large() (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.ctx, largeTimeout)
}

func (c *Client) key(name string) *string {
	if c.prefix != "" {
		name = c.prefix + "/" + name
	}
	return &name
}

func (c *Client) nameOf(key *string) string {
	return aws.ToString(key)[len(*c.key("")):]
}

// fault wraps the error of a request as the package comment says.
func (c *Client) fault(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case codeIs(err, "NoSuchKey", "NotFound"):
		return fmt.Errorf("%s: %w", what, fs.ErrNotExist)
	case statusOfAnswer(err) == http.StatusInsufficientStorage, codeIs(err, "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "StorageFull"):
		return fmt.Errorf("%s: %w: %w", what, syscall.ENOSPC, err)
	}
	return fmt.Errorf("%s: %w: %w", what, content.ErrAway, err)
}

// UploadGone reports whether an error means that the service no longer has the
// multipart upload or some of its parts.
func UploadGone(err error) bool {
	var gone *types.NoSuchUpload
	return errors.As(err, &gone) || codeIs(err, "NoSuchUpload", "InvalidPart", "InvalidPartOrder")
}

func codeIs(err error, codes ...string) bool {
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return false
	}
	for _, c := range codes {
		if answer.ErrorCode() == c {
			return true
		}
	}
	return false
}

func statusOfAnswer(err error) int {
	var answer interface{ HTTPStatusCode() int }
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}
