package draft_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"handover/app/internal/draft"
)

// cyclePath makes this test's program the child that opens, writes and closes
// until it is killed.
const cyclePath = "HANDOVER_TEST_CYCLE"

// What the child ends with by itself. One that is killed on Windows has status 1.
const ownFault, panicked = 3, 2

// cycleForever says each number once it is stored and the file is closed. Every
// other time it damages the file first.
func cycleForever(path string) {
	for n := 1; ; n++ {
		var err error
		if n%2 == 0 {
			err = os.Truncate(path, 4096)
		}
		s, openErr := draft.Open(path)
		if err = errors.Join(err, openErr); err == nil {
			_, err = s.Update("1", func(d *draft.Draft) {
				if before, _ := strconv.Atoi(d.Description); before >= n {
					n = before + 1
				}
				d.Description = strconv.Itoa(n)
			})
			err = errors.Join(err, s.Close(), s.CopyFault())
		}
		if err != nil {
			fmt.Println("error", err)
			os.Exit(ownFault)
		}
		fmt.Println(n)
	}
}

// Killed at any moment, also while a copy is made or a damaged file replaced:
// what was stored when the file was closed is in the file and in its copy.
func TestKillWhileCopying(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, seed))
	last := 0
	for range 15 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), cyclePath+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		lines.Scan()                                                                                                    // it is at work
		kill := time.AfterFunc(time.Duration(chance.Int64N(int64(30*time.Millisecond))), func() { cmd.Process.Kill() }) // any moment will do
		for more := true; more; more = lines.Scan() {
			if last, err = strconv.Atoi(lines.Text()); err != nil {
				t.Fatal(lines.Text())
			}
		}
		kill.Stop()
		if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() == ownFault || cmd.ProcessState.ExitCode() == panicked {
			t.Fatal("the child ended by itself: ", err)
		}
		stored := func(path string) {
			t.Helper()
			s := open(t, path)
			defer s.Close()
			if n, err := strconv.Atoi(description(t, s, "1")); err != nil || n < last || n > last+1 {
				t.Errorf("%s: %d is stored, %v; %d was said last", path, n, err, last)
			}
		}
		kept := filepath.Join(t.TempDir(), "handover.db")
		write(t, kept, read(t, path+".bak"))
		stored(kept)
		stored(path)
	}
}
