//go:build unix

package main_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/api"
)

// syncKills is how often the engine is killed; HANDOVER_SOAK_KILLS overrides it.
const syncKills = 20

// The engine is killed at any moment while it uploads the work folder and
// submits what is queued: no draft is lost, none delivered twice, and every file
// of a delivery is one version that was in the folder, and the last one.
func TestKilledSync(t *testing.T) {
	t.Parallel()
	kills := syncKills
	if v := os.Getenv("HANDOVER_SOAK_KILLS"); v != "" {
		var err error
		if kills, err = strconv.Atoi(v); err != nil {
			t.Fatal(err)
		}
	}
	seed, chance := chanceOf(t)
	k := newKill(t, seed, 1, 64<<20)
	k.run(t, "handover", "sync", "--folder", "work", "--once")
	s := &syncKill{kill: k, chance: chance, dir: filepath.Join(k.dir, "work", "Film"), want: map[string]string{}}
	s.signIn(t)
	for s.kills < kills {
		s.round(t)
	}
	k.run(t, "handover", "sync", "--once")
	s.verifyDraft(t)
	t.Logf("%d kills, %d deliveries", s.kills, s.deliveries)
}

type syncKill struct {
	*kill
	chance     *rand.Rand
	dir        string
	eva        *api.Client
	want       map[string]string // digests of what is in the folder
	last       map[string]string // and of what was delivered last
	deliveries int
	kills      int
}

// signIn makes a client of the seller's beside the program.
func (s *syncKill) signIn(t *testing.T) {
	t.Helper()
	client, err := api.NewClient(s.server.url, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	session, err := client.SignIn(t.Context(), "eva@example.org", "correct horse battery")
	if err == nil {
		s.eva, err = api.NewClient(s.server.url, session.Token, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// round changes the folder, kills the engine while it follows, and half of the
// times asks for a delivery that must be made once, whatever is killed.
func (s *syncKill) round(t *testing.T) {
	t.Helper()
	s.change(t)
	s.killSync(t)
	if s.chance.IntN(2) == 0 || maps.Equal(s.want, s.last) {
		return
	}
	s.run(t, "handover", "sync", "--once")
	s.verifyDraft(t)
	s.run(t, "handover", "deliver", s.order.ID, "--message", fmt.Sprint("Number ", s.deliveries+1), "--when-online", "--quiet")
	s.deliveries++
	for range 3 {
		s.killSync(t)
	}
	s.finishDelivery(t)
}

// change puts a few files of any version into the folder, long at rest, and
// takes one away.
func (s *syncKill) change(t *testing.T) {
	t.Helper()
	for range 1 + s.chance.IntN(3) {
		name := string(rune('a' + s.chance.IntN(6)))
		content := make([]byte, []int{1, 1000, 300_000, 3 << 20}[s.chance.IntN(4)])
		for i := range content {
			content[i] = byte(s.chance.Uint32())
		}
		p := filepath.Join(s.dir, name)
		if err := os.WriteFile(p, content, 0o600); err != nil {
			t.Fatal(err)
		}
		// Any time long ago, so that it is at rest when it is seen.
		when := time.Unix(1_500_000_000+s.chance.Int64N(1e8), s.chance.Int64N(1e9))
		if err := os.Chtimes(p, when, when); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		s.want[name] = hex.EncodeToString(sum[:])
	}
	for name := range s.want {
		if len(s.want) > 3 {
			delete(s.want, name)
			if err := os.Remove(filepath.Join(s.dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		break
	}
}

func (s *syncKill) start(t *testing.T) *exec.Cmd {
	t.Helper()
	run := s.command("handover", "sync")
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	return run
}

func (s *syncKill) killSync(t *testing.T) {
	t.Helper()
	run := s.start(t)
	time.Sleep(time.Duration(s.chance.Int64N(int64(200 * time.Millisecond)))) // any moment will do
	run.Process.Kill()
	run.Wait() // killed
	s.kills++
}

// finishDelivery lets the engine run until the delivery is made, and compares it.
func (s *syncKill) finishDelivery(t *testing.T) {
	t.Helper()
	run := s.start(t)
	var o api.Order
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		var err error
		if o, err = s.eva.Order(t.Context(), s.order.ID); err != nil {
			t.Fatal(err)
		}
		if len(o.Deliveries) >= s.deliveries {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d deliveries, want %d: %s", len(o.Deliveries), s.deliveries, run.Stderr.(*bytes.Buffer))
		}
	}
	run.Process.Kill()
	run.Wait() // killed
	if len(o.Deliveries) != s.deliveries {
		t.Fatalf("%d deliveries, want %d", len(o.Deliveries), s.deliveries)
	}
	got := map[string]string{}
	for _, f := range o.Deliveries[s.deliveries-1].Files {
		got[f.Path] = f.SHA256
	}
	if diff := cmp.Diff(s.want, got); diff != "" {
		t.Fatalf("delivery %d: %s", s.deliveries, diff)
	}
	s.last = maps.Clone(s.want)
}

// verifyDraft wants the draft to be the folder, all of it verified.
func (s *syncKill) verifyDraft(t *testing.T) {
	t.Helper()
	var dr struct {
		Files []struct{ Path, State, SHA256 string }
	}
	if err := json.Unmarshal(s.run(t, "handover", "draft", s.order.ID, "--json"), &dr); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range dr.Files {
		got[f.Path] = f.SHA256
	}
	want := s.want
	if maps.Equal(want, s.last) {
		want = map[string]string{} // all of it was delivered
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("the draft: %s", diff)
	}
}
