package receipt_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/receipt"
)

var update = flag.Bool("update", false, "write the golden files")

func key(seed string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(seed, 32)[:32]))
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

func film() receipt.Receipt {
	return receipt.Receipt{
		Order: "o1", Title: "Wedding <film> & more", Number: 2, DeliveredAt: time.Date(2026, 11, 24, 9, 0, 0, 123456789, time.UTC),
		Seller: "Eva Editor", Buyer: "Bea", DescriptionSHA256: strings.Repeat("ab", 32),
		Files: []receipt.File{
			{Path: "Fotos für Bea/e\u0301 日本.jpg", Size: 4_000, SHA256: strings.Repeat("01", 32)},
			{Path: "film.mov", Size: 5_000_000_000, SHA256: strings.Repeat("cd", 32)},
		},
		Links:  []receipt.Link{{URL: "https://cloud.example/film?x=1&y=2", Label: "The raw material"}},
		Server: "https://handover.example.org",
	}
}

func sign(t testing.TB, r receipt.Receipt) []byte {
	t.Helper()
	file, err := receipt.Sign(r, key("k"))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// The example of DSSE's protocol.md.
func TestWhatIsSigned(t *testing.T) {
	got := receipt.PreAuth("http://example.com/HelloWorld", []byte("hello world"))
	if want := "DSSEv1 29 http://example.com/HelloWorld 11 hello world"; string(got) != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAReceiptSaysWhatWasSigned(t *testing.T) {
	want := film()
	want.KeyID = receipt.KeyID(public(key("k")))
	for name, trusted := range map[string]ed25519.PublicKey{"trusted": public(key("k")), "by the key inside": nil} {
		t.Run(name, func(t *testing.T) {
			got, by, err := receipt.Verify(sign(t, film()), trusted)
			if err != nil || !by.Equal(public(key("k"))) {
				t.Fatal(by, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The format stays as it is: receipts are kept for years, and one that is
// downloaded again must be the same.
func TestTheFormatStays(t *testing.T) {
	golden := filepath.Join("testdata", "receipt.json")
	got := sign(t, film())
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("signed\n%s\nwant\n%s", got, want)
	}
	elsewhere := film()
	elsewhere.DeliveredAt = elsewhere.DeliveredAt.In(time.FixedZone("CET", 3600))
	if !bytes.Equal(sign(t, elsewhere), want) {
		t.Error("the zone of the time changes the receipt")
	}
}

func TestAReceiptThatIsNotRight(t *testing.T) {
	good := sign(t, film())
	change := func(old, with string) []byte {
		if !bytes.Contains(good, []byte(old)) {
			t.Fatalf("the receipt has no %q", old)
		}
		return bytes.Replace(good, []byte(old), []byte(with), 1)
	}
	other, err := receipt.Sign(film(), key("x"))
	if err != nil {
		t.Fatal(err)
	}
	noOrder, err := receipt.Sign(receipt.Receipt{}, key("k"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		file []byte
		want error
	}{
		{"empty", nil, receipt.ErrNoReceipt},
		{"text", []byte("hello"), receipt.ErrNoReceipt},
		{"other JSON", []byte(`{"order":"o1"}`), receipt.ErrNoReceipt},
		{"a list", []byte(`[]`), receipt.ErrNoReceipt},
		{"another key", other, receipt.ErrOtherKey},
		{"half", good[:len(good)/2], receipt.ErrCutShort},
		{"without its end", good[:len(good)-3], receipt.ErrCutShort},
		{"two", append(bytes.Clone(good), good...), receipt.ErrNoReceipt},
		{"another type", change("receipt.v1", "receipt.v2"), receipt.ErrNoReceipt},
		{"no signature", change(`"signatures"`, `"signature"`), receipt.ErrNoReceipt},
		{"another payload", change(`"payload": "eyJvcmRlciI6Im8x`, `"payload": "eyJvcmRlciI6Im8y`), receipt.ErrAltered},
		{"another key's ID", change(`"keyid": "`, `"keyid": "0`), receipt.ErrAltered},
		{"signed by us, but no receipt", noOrder, receipt.ErrNoReceipt},
		{"not base64", change(`"payload": "`, `"payload": "!`), receipt.ErrNoReceipt},
		{"null", []byte("null"), receipt.ErrNoReceipt},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, by, err := receipt.Verify(tc.file, public(key("k")))
			if !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
			if by != nil || !cmp.Equal(r, receipt.Receipt{}) {
				t.Errorf("something of it was returned: %+v", r)
			}
		})
	}
}

// No byte can be altered or lost so that the receipt says something else.
func TestEveryByteCounts(t *testing.T) {
	good := sign(t, film())
	want, _, err := receipt.Verify(good, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		for _, with := range []byte{good[i] ^ 1, good[i] ^ 0x20, 0, ' ', '"'} {
			altered := bytes.Clone(good)
			altered[i] = with
			if got, _, err := receipt.Verify(altered, nil); err == nil && !cmp.Equal(got, want) {
				t.Fatalf("byte %d as %q: verified as %+v", i, with, got)
			}
		}
		if i < len(good)-1 { // all but the last line's end
			if _, _, err := receipt.Verify(good[:i], nil); err == nil {
				t.Fatalf("verified without all after byte %d", i)
			}
		}
	}
}

func TestKeys(t *testing.T) {
	k := public(key("k"))
	for _, text := range []string{
		receipt.EncodeKey(k), " " + receipt.EncodeKey(k) + "\n", `{"key":"` + receipt.EncodeKey(k) + `","key_id":"x"}`,
	} {
		if got, err := receipt.ParseKey([]byte(text)); err != nil || !got.Equal(k) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "AAAA", "!", `{"key":""}`, `{}`, "null", receipt.EncodeKey(k) + "AAAA", `"` + receipt.EncodeKey(k) + `"`} {
		if _, err := receipt.ParseKey([]byte(text)); !errors.Is(err, receipt.ErrBadKey) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Whatever somebody makes up, what verifies is what the server has signed.
func FuzzVerify(f *testing.F) {
	good := sign(f, film())
	other, err := receipt.Sign(film(), key("x"))
	if err != nil {
		f.Fatal(err)
	}
	want, _, err := receipt.Verify(good, nil)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{
		good, other, good[:len(good)/2], bytes.ToUpper(good), nil, []byte("{}"), []byte("null"),
		bytes.Replace(good, []byte(`"payload"`), []byte(`"payload":"","payload"`), 1),
		bytes.Replace(good, []byte(`"signatures": [`), []byte(`"signatures": [{},`), 1),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		got, _, err := receipt.Verify(file, public(key("k")))
		if err == nil && !cmp.Equal(got, want) {
			t.Errorf("verified: %+v", got)
		}
		if err != nil && !errors.Is(err, receipt.ErrNoReceipt) && !errors.Is(err, receipt.ErrCutShort) &&
			!errors.Is(err, receipt.ErrAltered) && !errors.Is(err, receipt.ErrOtherKey) {
			t.Errorf("an error without a kind: %v", err)
		}
		if _, _, err := receipt.Verify(file, nil); err == nil && len(file) == 0 {
			t.Error("nothing was verified")
		}
	})
}
