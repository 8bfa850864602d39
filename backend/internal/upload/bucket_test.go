package upload_test

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"handover/backend/internal/upload/bucket"

	"handover/backend/internal/upload"
	"handover/backend/internal/upload/s3test"
)

// storage is the S3 service of all tests.
var storage s3test.Service

// in keeps uploads in a bucket.
func in(b s3test.Bucket) func(*upload.Config) {
	return func(c *upload.Config) {
		c.Bucket = &bucket.Location{Name: b.Name, Endpoint: b.Endpoint, Region: s3test.Region}
	}
}

// newBucketSite is a site over a bucket.
func newBucketSite(t *testing.T, configure ...func(*upload.Config)) *site {
	b := storage.Bucket(t)
	s := newSite(t, append([]func(*upload.Config){in(b)}, configure...)...)
	s.bucket = &b
	return s
}

// onEveryStore runs a test over a folder and over a bucket.
func onEveryStore(t *testing.T, test func(*testing.T, newSiteFunc)) {
	t.Run("folder", func(t *testing.T) { test(t, newSite) })
	t.Run("bucket", func(t *testing.T) { test(t, newBucketSite) })
}

// client makes requests to the S3 service that the server never makes.
func client(t *testing.T, b s3test.Bucket) *s3.Client {
	t.Helper()
	settings, err := config.LoadDefaultConfig(t.Context(), config.WithRegion(s3test.Region))
	if err != nil {
		t.Fatal(err)
	}
	return s3.NewFromConfig(settings, func(o *s3.Options) {
		o.BaseEndpoint, o.UsePathStyle = &b.Endpoint, true
		o.HTTPClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	})
}

// endMultiparts ends all multipart uploads, as the rule of a bucket may.
func endMultiparts(t *testing.T, b s3test.Bucket) {
	t.Helper()
	c := client(t, b)
	list, err := c.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &b.Name})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range list.Uploads {
		if _, err := c.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{Bucket: &b.Name, Key: u.Key, UploadId: u.UploadId}); err != nil {
			t.Fatal(err)
		}
	}
}

// beginMultipart begins a multipart upload without an info.
func beginMultipart(t *testing.T, b s3test.Bucket, key string) {
	t.Helper()
	if _, err := client(t, b).CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &b.Name, Key: &key}); err != nil {
		t.Fatal(err)
	}
}

// objects are the keys of all objects in a bucket.
func objects(t *testing.T, b *s3test.Bucket) (keys []string) {
	t.Helper()
	err := filepath.WalkDir(b.Dir, func(path string, d fs.DirEntry, err error) error {
		key, _ := filepath.Rel(b.Dir, path)
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(key, ".sgwtmp"):
			return fs.SkipDir // the service's own
		case !d.IsDir():
			keys = append(keys, key)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// multiparts counts the open multipart uploads.
func multiparts(t *testing.T, b *s3test.Bucket) (n int) {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(b.Dir, ".sgwtmp", "multipart", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		if st, err := os.Stat(dir); err == nil && st.IsDir() {
			n++
		}
	}
	return n
}

// newSiteFunc is newSite or newBucketSite.
type newSiteFunc func(*testing.T, ...func(*upload.Config)) *site
