package s3test_test

import (
	"os"
	"strings"
	"testing"

	"handover/backend/internal/upload/s3test"
)

// `make test` fetches the version that the tests use.
func TestVersionIsTheMakefiles(t *testing.T) {
	raw, err := os.ReadFile("../../../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	if want := "\nVERSITYGW_VERSION := " + s3test.Version + "\n"; !strings.Contains(string(raw), want) {
		t.Errorf("the Makefile has no line %q", want)
	}
}
