package messages_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"handover/frontend/messages"
)

func TestText(t *testing.T) {
	for _, c := range []struct {
		language, key string
		inputs        messages.Inputs
		want          string
	}{
		{"en", "desktop_tray_pause", nil, "Pause uploads"},
		{"de", "desktop_tray_pause", nil, "Uploads anhalten"},
		{"fr", "desktop_tray_pause", nil, "Pause uploads"},
		{"en", "desktop_days", messages.Inputs{"n": 1}, "1 day"},
		{"de", "desktop_days", messages.Inputs{"n": 2}, "2 Tage"},
		{"en", "desktop_alert_message", messages.Inputs{"title": "{buyer}", "buyer": "{title} %s"}, "{title} %s writes about “{buyer}”"},
		{"en", "desktop_nothing", nil, "desktop_nothing"},
	} {
		if got := messages.In(c.language).Text(c.key, c.inputs); got != c.want {
			t.Errorf("%s in %s is %q, want %q", c.key, c.language, got, c.want)
		}
	}
}

// TestKeys compares the keys in the program's Go code with those in the files.
func TestKeys(t *testing.T) {
	literal := regexp.MustCompile(`"(desktop_\w+)"`)
	used := map[string]bool{}
	for _, dir := range []string{"shell", "alerts"} {
		sources, err := filepath.Glob("../../app/internal/" + dir + "/*.go")
		if err != nil || len(sources) == 0 {
			t.Fatalf("no sources of %s: %v", dir, err)
		}
		for _, source := range sources {
			code, err := os.ReadFile(source)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range literal.FindAllSubmatch(code, -1) {
				used[string(found[1])] = true
			}
		}
	}
	for _, language := range []string{"en", "de"} {
		c := messages.In(language)
		for key := range used {
			if c.Text(key, messages.Inputs{"n": 1}) == key || c.Text(key, nil) == "" {
				t.Errorf("%s has no text in %s", key, language)
			}
		}
		for key := range c {
			if strings.HasPrefix(key, "desktop_") && !used[key] {
				t.Errorf("%s in %s is not used", key, language)
			}
		}
	}
}
