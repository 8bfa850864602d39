package deeplink_test

import (
	"errors"
	"strings"
	"testing"

	"handover/app/internal/deeplink"
)

func TestParse(t *testing.T) {
	for link, id := range map[string]string{
		"handover://order/k3v9x2m4qa":                 "k3v9x2m4qa",
		"handover://order/k3v9x2m4qa/":                "k3v9x2m4qa",
		"HANDOVER://Order/k3v9x2m4qa":                 "k3v9x2m4qa",
		"handover://order/" + strings.Repeat("a", 64): strings.Repeat("a", 64),
	} {
		if got, err := deeplink.Parse(link); err != nil || got != id {
			t.Errorf("Parse(%q) = %q, %v", link, got, err)
		}
	}
	for _, link := range []string{
		"", "handover:", "handover://", "handover://order", "handover://order/", "handover://order//",
		"handover://evil.example/order/k3v9x2m4qa", "https://order/k3v9x2m4qa", "handover://user@order/k3v9x2m4qa",
		"handover://order:80/k3v9x2m4qa", "handover://order/../k3v9x2m4qa", "handover://order/a/b", "handover://order/a?b=c",
		"handover://order/a#b", "handover://order/%6b3v9x2m4qa", "handover://order/ä", "handover://order/a b", "handover://order/a\x00",
		"handover://order/A", "handover://deliver/k3v9x2m4qa", " handover://order/k3v9x2m4qa",
		"handover://order/" + strings.Repeat("a", 65), "handover://order/" + strings.Repeat("a", 1<<20),
	} {
		if id, err := deeplink.Parse(link); !errors.Is(err, deeplink.ErrUnusable) {
			t.Errorf("Parse(%.40q) = %q, %v", link, id, err)
		}
	}
}

func TestIn(t *testing.T) {
	for want, args := range map[string][]string{
		"":                   {"--hidden", "handover", "https://example.org/handover:", ""},
		"handover://order/a": {"--hidden", "handover://order/a", "handover://order/b"},
		"Handover:anything":  {"Handover:anything"},
	} {
		if got := deeplink.In(args); got != want {
			t.Errorf("In(%q) = %q, want %q", args, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("handover://order/k3v9x2m4qa")
	f.Fuzz(func(t *testing.T, link string) {
		id, err := deeplink.Parse(link)
		if err != nil {
			return
		}
		if again, err := deeplink.Parse("handover://order/" + id); err != nil || again != id {
			t.Errorf("%q names %q, which is not an ID: %v", link, id, err)
		}
	})
}
