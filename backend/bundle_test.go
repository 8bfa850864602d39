package backend_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/backend/api"
	"handover/backend/order"
	"handover/backend/receipt"
)

// A bundle of macOS is delivered with its executable bits and its links, which
// both parties and the receipt see.
func TestABundleIsDelivered(t *testing.T) {
	s := newSite(t)
	p := s.order(active)
	program := s.upload(s.eva, p.id, "Show.app/Contents/MacOS/Show", content)
	links := []order.Symlink{{Path: "Show.app/Contents/Frameworks/F.framework/F", Target: "Versions/A/F"}}
	deliver := func(links []order.Symlink) answer {
		body, err := json.Marshal(api.NewDelivery{
			Description: "The program", Symlinks: links,
			Files: []api.DeliveredFile{{Upload: program.ID, Path: program.Path, Size: program.Size, SHA256: program.SHA256, Executable: true}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return s.send(request{
			method: "POST", path: p.path(deliverRoute), as: s.eva, body: string(body), header: []string{idempotencyField, links[0].Target},
		})
	}
	deliver([]order.Symlink{{Path: "l", Target: "../../etc/passwd"}}).refused(t, http.StatusUnprocessableEntity, order.Invalid)
	made := into[api.Order](s, deliver(links))
	for name, o := range map[string]api.Order{"the answer": made, "the seller's": s.seen(p), "the buyer's": s.look(p)} {
		if d := o.Deliveries[0]; !cmp.Equal(d.Symlinks, links) || !d.Files[0].Executable {
			t.Errorf("%s: %+v", name, d)
		}
	}
	file := s.send(request{method: "GET", path: p.path("/deliveries/1/receipt"), as: p.buyer})
	r, _, err := receipt.Verify(file.raw, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Symlinks) != 1 || r.Symlinks[0] != receipt.Symlink(links[0]) || !r.Files[0].Executable {
		t.Errorf("the receipt says %+v", r)
	}
}
