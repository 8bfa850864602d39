package bucket

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"net/http"
	"os"
	"strings"
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

// What the keys in a bucket begin with, after its prefix.
const (
	contentKeys = "content/" // <id>: the content of a finished upload or part
	openKeys    = "open/"    // <id>.json: the info of an unfinished upload
	doneKeys    = "done/"    // <id>.json: what a finished upload was put together from
	tailKeys    = "tail/"    // <id>/<number>: acknowledged bytes that are no whole part yet
	probeKey    = "probe/"   // <random>: whether the bucket can be written to
)

const (
	defaultPartSize = 16 << 20
	// mostParts is how many parts a file is planned to have; S3 has numbers for
	// 10,000, of which interruptions waste some.
	mostParts = 9_000
	// askTimeout bounds a request of few bytes, and sendTimeout one with a part,
	// each with its repetitions.
	askTimeout  = 30 * time.Second
	sendTimeout = 5 * time.Minute
	// attempts is how often a request is sent.
	attempts = 3
)

// Config says which bucket a [Store] uses and how it behaves.
type Config struct {
	Location
	Dir string // of temporary files
	Now func() time.Time
	Log *slog.Logger
}

// Store keeps content in a bucket, and implements the interfaces of package content.
// Several servers may use one bucket, under common locks: no server keeps anything
// that another one needs.
//
// S3 can neither append nor rename. An upload that is larger than one part grows as
// a multipart upload. Its info, replaced as a whole, lists the parts without a gap.
// Only the info counts, whatever else the service has.
type Store struct {
	Config
	// PartSize is the least size of the parts of new uploads. A test may change it
	// before the store is used.
	PartSize int64

	*client
	temp    *tempSpace
	buffers content.Buffers
}

// Open checks that the bucket can be used.
func Open(c Config) (*Store, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	b := &Store{Config: c, PartSize: defaultPartSize, client: &client{name: c.Name, prefix: c.Prefix}, temp: newTempSpace(c.Dir, c.Temp)}
	b.ctx, b.giveUp = context.WithCancel(context.Background())
	common := awshttp.NewBuildableClient() // gets the certificates that the environment names
	options := []func(*config.LoadOptions) error{
		config.WithHTTPClient(common),
		config.WithLogger(logging.Nop{}), // what comes of a request is in its error
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = attempts, 2*time.Second })
		}),
	}
	if c.Region != "" {
		options = append(options, config.WithRegion(c.Region))
	}
	loaded, err := config.LoadDefaultConfig(b.ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("read the settings of the storage: %w", err)
	}
	if loaded.Region == "" {
		return nil, errors.New("the region of the storage is not known: say region= in its address, or AWS_REGION")
	}
	ctx, cancel := b.asking()
	defer cancel()
	if _, err := loaded.Credentials.Retrieve(ctx); err != nil {
		return nil, fmt.Errorf("there are no keys to the storage: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or any of AWS's own settings: %w", err)
	}
	if custom, ok := loaded.HTTPClient.(*awshttp.BuildableClient); ok {
		common = custom
	}
	b.transport = common.GetTransport()
	b.transport.MaxIdleConnsPerHost, b.transport.ResponseHeaderTimeout = 64, time.Minute
	b.api = s3.NewFromConfig(loaded, func(o *s3.Options) {
		o.HTTPClient = &http.Client{Transport: b.transport} // one whose connections we can close
		if c.Endpoint != "" {
			o.BaseEndpoint, o.UsePathStyle = &c.Endpoint, true
		}
		// Not every service knows the checksums that are AWS's own.
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	})
	b.unsigned = func(*s3.Options) {}
	if !strings.HasPrefix(c.Endpoint, "http:") { // TLS keeps the content as it is; without, the signature covers it
		b.unsigned = s3.WithAPIOptions(v4.SwapComputePayloadSHA256ForUnsignedPayloadMiddleware)
	}
	if err := b.probe(); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// Close implements [content.Housekeeping].
func (b *Store) Close() {
	b.giveUp()
	b.transport.CloseIdleConnections()
}

// Ready implements [content.Housekeeping].
func (b *Store) Ready(int64) error {
	ctx, cancel := context.WithTimeout(b.ctx, askTimeout/6)
	defer cancel()
	_, err := b.api.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &b.Name})
	return b.fault("look at the bucket", err)
}

// Space implements [content.Housekeeping]: the limit is not known.
func (b *Store) Space() (int64, error) { return math.MaxInt64, nil }

func contentOf(id string) string { return contentKeys + id }
func openOf(id string) string    { return openKeys + id + ".json" }
func doneOf(id string) string    { return doneKeys + id + ".json" }

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

// noUpload means that the service does not know the multipart upload any more,
// or not all of its parts.
func noUpload(err error) bool {
	var gone *types.NoSuchUpload
	return errors.As(err, &gone) || codeIs(err, "NoSuchUpload", "InvalidPart", "InvalidPartOrder")
}

func statusOfAnswer(err error) int {
	var answer interface{ HTTPStatusCode() int }
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}

// Remote implements [content.Housekeeping].
func (b *Store) Remote() bool { return true }

// ownerName is the object that names the owner of the content.
const ownerName = "owner"

// Owner implements [content.Housekeeping]. Of two servers that come first at the
// same time, one is refused.
func (b *Store) Owner(mine string) (string, error) {
	raw, err := b.get(ownerName)
	if errors.Is(err, fs.ErrNotExist) {
		if err = b.put(ownerName, strings.NewReader(mine+"\n"), int64(len(mine)+1)); err == nil {
			raw, err = b.get(ownerName)
		}
	}
	return strings.TrimSpace(string(raw)), err
}
