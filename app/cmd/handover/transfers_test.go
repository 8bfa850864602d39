package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"handover/app/internal/desk"
	"handover/backend/commandline"
)

// run runs the program on a data folder.
func run(t *testing.T, home string, args ...string) (status int, out, errs string) {
	t.Helper()
	t.Setenv("HANDOVER_HOME", home)
	t.Setenv("HANDOVER_UP", "1MB") // a setting is changed by a flag only
	var o, e bytes.Buffer
	streams := commandline.Streams{In: strings.NewReader(""), Out: &o, Err: &e}
	status = commandline.Main("handover", "", "test", &grammar{}, args, streams, code)
	return status, o.String(), e.String()
}

func TestLimits(t *testing.T) {
	for _, tc := range []struct {
		name string
		args []string
		want string // of up, parallel, schedule, yield, metered, pause_metered
	}{
		{"as they are", nil, `0 3 [] false false false`},
		{"a rate and a number", []string{"--up", "2MB", "--parallel", "5"}, `2000000 5 [] false false false`},
		{"a rate in other words", []string{"--up", "500KB/s"}, `500000 3 [] false false false`},
		{"none", []string{"--up", "none", "--schedule", "none", "--parallel", "0"}, `0 3 [] false false false`},
		{"a schedule", []string{"--schedule", "09:00-18:00=1MB", "--schedule", "22:00-6:00=none"},
			`0 3 [{"from":"09:00","to":"18:00","up":1000000},{"from":"22:00","to":"06:00","up":0}] false false false`},
		{"switches", []string{"--yield", "--metered", "--pause-metered"}, `0 3 [] true true true`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			home := t.TempDir()
			if len(tc.args) > 0 {
				if status, _, errs := run(t, home, append([]string{"limits"}, tc.args...)...); status != 0 {
					t.Fatalf("exit status %d: %s", status, errs)
				}
			}
			_, out, _ := run(t, home, "limits", "--json")
			var v map[string]json.RawMessage
			if err := json.Unmarshal([]byte(out), &v); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			var got []string
			for _, name := range []string{"up", "parallel", "schedule", "yield", "metered", "pause_metered"} {
				var b bytes.Buffer
				if err := json.Compact(&b, v[name]); err != nil {
					t.Fatal(err)
				}
				got = append(got, b.String())
			}
			if s := strings.Join(got, " "); s != tc.want {
				t.Errorf("got %s, want %s", s, tc.want)
			}
		})
	}
}

func TestLimitsThatCannotBe(t *testing.T) {
	home := t.TempDir()
	for _, args := range [][]string{
		{"--up", "fast"}, {"--up", "-1MB"}, {"--up", "1"}, {"--up", ""}, {"--up", "99999999999PB"}, {"--parallel", "17"}, {"--parallel", "-1"},
		{"--parallel", "many"}, {"--schedule", "9-10=1MB"}, {"--schedule", "09:00-10:00"}, {"--schedule", "09:00-09:00=1MB"}, {"--schedule", "09:00-25:00=1MB"},
	} {
		if status, _, errs := run(t, home, append([]string{"limits"}, args...)...); status != commandline.Misused || !strings.HasPrefix(errs, "error: ") {
			t.Errorf("%q: exit status %d, %s", args, status, errs)
		}
	}
	if _, _, errs := run(t, home, "limits", "--up", "1", "--json"); !strings.Contains(errs, `"code":"invalid"`) {
		t.Errorf("as JSON: %s", errs)
	}
	if _, out, _ := run(t, home, "limits"); out != "up to full speed, 3 files at once\n" {
		t.Errorf("something was changed: %s", out)
	}
}

func TestPauseAndResume(t *testing.T) {
	home := t.TempDir()
	for _, step := range []struct {
		args   []string
		status int
		out    string
	}{
		{[]string{"pause"}, 0, "paused: all orders"},
		{[]string{"resume"}, 0, "3 files at once\n"},
		{[]string{"pause", "nobody-knows"}, commandline.Refused, "there is no order"},
		{[]string{"pause", "nobody-knows", "--json"}, commandline.Refused, `"code":"not_found"`},
	} {
		status, out, errs := run(t, home, step.args...)
		if status != step.status || !strings.Contains(out+errs, step.out) {
			t.Errorf("%q: exit status %d, %s%s", step.args, status, out, errs)
		}
	}
	t.Run("while another program uploads", func(t *testing.T) {
		d, err := desk.Open(desk.Options{Home: home, Parallel: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		status, out, errs := run(t, home, "pause", "7")
		if status != 0 || !strings.Contains(out, "paused: order 7") {
			t.Errorf("exit status %d, %s%s", status, out, errs)
		}
		if status, _, errs := run(t, home, "resume", "7"); status != 0 {
			t.Errorf("exit status %d, %s", status, errs)
		}
	})
}
