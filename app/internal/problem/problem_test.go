package problem_test

import (
	"fmt"
	"testing"

	"handover/app/internal/problem"
	"handover/app/internal/tus"
)

// A server without space and a seller without space are told apart: only the
// first is over by itself.
func TestExplainNoSpace(t *testing.T) {
	const words = "your files take all the space"
	for _, tc := range []struct{ code, want, message string }{
		{"quota_exceeded", problem.CodeQuota, words},
		{"disk_full", problem.CodeDiskFullServer, ""},
		{"", problem.CodeDiskFullServer, ""},
	} {
		e := problem.Explain(fmt.Errorf("upload: %w", &tus.StatusError{Status: 507, Code: tc.code, Message: words}))
		if e.Code != tc.want || tc.message != "" && e.Message != tc.message {
			t.Errorf("%q: %+v", tc.code, e)
		}
	}
}
