package desk_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/backend/order"
)

// With everything uploaded, delivering sends no content, and takes a moment:
// the test says how long. With HANDOVER_SOAK set it is 10 GB in 100 files.
func TestDeliveringIsAMoment(t *testing.T) {
	const files = 100
	size := int64(1 << 20)
	if os.Getenv(soak) != "" {
		size = 100_000_000
	}
	s := newSeller(t, func(p *order.Policy) { p.MaxFileSize = size })
	sent := s.line.contents()
	d := s.sync(t)
	dir := s.folder(t, d, s.order)
	for i := range files {
		name := filepath.Join(dir, fmt.Sprintf("%03d.mov", i))
		if err := errors.Join(os.WriteFile(name, nil, 0o600), os.Truncate(name, size-int64(i%10))); err != nil {
			t.Fatal(err)
		}
	}
	for end := time.Now().Add(10 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		dr, err := d.Draft(s.order)
		if err != nil {
			t.Fatal(err)
		}
		if len(dr.Files) == files && allVerified(dr) {
			break
		}
		if time.Now().After(end) {
			t.Fatal("not uploaded")
		}
	}
	if _, err := d.Describe(s.order, "All of it."); err != nil {
		t.Fatal(err)
	}
	sent.Store(0)
	start := time.Now()
	o, err := d.Delivery.DeliverAndWait(t.Context(), s.order, false)
	took := time.Since(start)
	if err != nil || len(o.Deliveries[0].Files) != files {
		t.Fatalf("%v, %+v", problem.Explain(err), o)
	}
	t.Logf("delivering %d files, %d bytes, took %s", files, files*size, took)
	if n := sent.Load(); n > 0 {
		t.Errorf("%d bytes of content were sent", n)
	}
}

func allVerified(dr draft.Draft) bool {
	for _, f := range dr.Files {
		if f.State != draft.Verified {
			return false
		}
	}
	return true
}
