package tus_test

import (
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/tus/tusd/v2/pkg/handler"

	"handover/app/internal/tus"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func TestReprDigest(t *testing.T) {
	const hello = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
	const sum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
	for _, tc := range []struct {
		fields []string
		want   string
	}{
		{[]string{"sha-256=:" + hello + ":"}, sum},
		{[]string{"sha-256=:" + strings.TrimRight(hello, "=") + ":"}, sum},
		{[]string{"sha-512=:AAAA:, \tsha-256=:" + hello + ":;x=1"}, sum},
		{[]string{"md5=:AAAA:", "sha-256=:" + hello + ":"}, sum},
		{[]string{"sha-256=:AAAA:, sha-256=:" + hello + ":"}, sum},
		{[]string{"sha-256=" + hello}, ""},
		{[]string{"sha-256=:" + hello}, ""},
		{[]string{"sha-256=:" + hello + ":x"}, ""},
		{[]string{"sha-256=:AAAA:"}, ""},
		{[]string{"SHA-256=:" + hello + ":"}, ""},
		{[]string{"sha-256"}, ""},
		{nil, ""},
	} {
		if got := tus.ParseReprDigest(tc.fields); got != tc.want {
			t.Errorf("%q gives %q, want %q", tc.fields, got, tc.want)
		}
	}
}

func TestMetadataOrder(t *testing.T) {
	got, err := tus.EncodeMetadata(map[string]string{"b": "ü", "a": "1", "c": ""})
	if want := "a MQ==,b w7w=,c"; got != want || err != nil {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	for _, key := range []string{"", "a b", "a,b", "ü", "a\n"} {
		if _, err := tus.EncodeMetadata(map[string]string{key: "x"}); err == nil {
			t.Errorf("key %q was accepted", key)
		}
	}
}

func FuzzOffset(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := tus.ParseOffset(s)
		if !ok {
			return
		}
		if n < 0 || strings.TrimLeft(s, "0") != strings.TrimLeft(itoa(n), "0") {
			t.Errorf("%q gives %d", s, n)
		}
	})
}

func FuzzReprDigest(f *testing.F) {
	f.Fuzz(func(t *testing.T, a, b string) {
		got := tus.ParseReprDigest([]string{a, b})
		if got == "" {
			return
		}
		if raw, err := hex.DecodeString(got); err != nil || len(raw) != 32 {
			t.Errorf("%q, %q give %q", a, b, got)
		}
		if !strings.Contains(a+","+b, "sha-256=:") {
			t.Errorf("a digest out of %q, %q", a, b)
		}
	})
}

func FuzzLocation(f *testing.F) {
	base, err := url.Parse("https://files.example:8443/api/uploads/")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, location string) {
		u, err := tus.ResolveLocation(base, location)
		if err != nil {
			return
		}
		again, err := url.Parse(u.String())
		if err != nil {
			t.Fatalf("%q gives %q: %v", location, u, err)
		}
		if again.Scheme != "https" || !strings.EqualFold(again.Host, base.Host) || again.User != nil || again.Fragment != "" {
			t.Errorf("%q leads to %q", location, again)
		}
	})
}

// What we write, the server reads.
func FuzzMetadata(f *testing.F) {
	f.Fuzz(func(t *testing.T, key, value string) {
		line, err := tus.EncodeMetadata(map[string]string{key: value, "z": "last"})
		if err != nil {
			return
		}
		if got := handler.ParseMetadataHeader(line); key != "z" && got[key] != value || got["z"] == "" {
			t.Errorf("%q %q: %q is read as %q", key, value, line, got)
		}
	})
}

func FuzzMessage(f *testing.F) {
	f.Fuzz(func(t *testing.T, kind string, text []byte) {
		code, words := tus.Message(kind, text)
		for _, s := range []string{code, words} {
			if len([]rune(s)) > 301 || strings.ContainsAny(s, "\r\n\x00\x1b") {
				t.Errorf("%q is not one short line", s)
			}
		}
	})
}
