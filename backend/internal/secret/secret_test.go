package secret_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"handover/backend/internal/secret"
)

func open(t *testing.T, path string) secret.Secret {
	t.Helper()
	s, err := secret.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSecretOutlivesTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	first, again := open(t, path), open(t, path)
	if a, b := first.ReviewToken("order", 1), again.ReviewToken("order", 1); a != b {
		t.Errorf("the token of the same order is %q, then %q", a, b)
	}
	if !first.ReceiptKey().Equal(again.ReceiptKey()) {
		t.Error("the receipt key changed")
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the secret: %v, %v", info.Mode(), err)
	}
}

func TestTokensDiffer(t *testing.T) {
	s, other := open(t, filepath.Join(t.TempDir(), "a")), open(t, filepath.Join(t.TempDir(), "b"))
	seen := map[string]string{}
	for name, token := range map[string]string{
		"order 1": s.ReviewToken("1", 1), "renewed": s.ReviewToken("1", 2),
		"order 11, generation 1": s.ReviewToken("11", 1), "order 1, generation 11": s.ReviewToken("1", 11),
		"another server": other.ReviewToken("1", 1),
		"to look":        s.ViewToken("1", 1), "the next to look": s.ViewToken("1", 2), "to look at order 11": s.ViewToken("11", 1),
	} {
		if len(token) != 43 { // 256 bits in Base64
			t.Errorf("%s: the token %q has %d characters", name, token, len(token))
		}
		if twin, ok := seen[token]; ok {
			t.Errorf("%s has the token of %s", name, twin)
		}
		seen[token] = name
	}
}

func TestDamagedSecretIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	for _, content := range []string{"", "abc", "00", "not hexadecimal at all, and yet quite as long as a secret is!!!!!!"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.Open(path); err == nil {
			t.Errorf("%q was taken for a secret", content)
		}
	}
}
