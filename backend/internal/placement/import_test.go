package placement_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"handover/backend/api"
	"handover/backend/internal/placement"
	"handover/backend/order"
)

func TestImportTwice(t *testing.T) {
	svc, s := service(t)
	in := api.Import{File: []byte(german), Key: "k"}
	dry := in
	dry.DryRun = true
	if got, err := svc.Import(t.Context(), "eva", dry); err != nil || len(got.Orders) != 2 || !got.DryRun || got.Orders[0].ID != "" || len(all(t, s)) != 0 {
		t.Fatalf("the dry run: %+v, %v", got, err)
	}
	first, err := svc.Import(t.Context(), "eva", in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := svc.Import(t.Context(), "eva", in)
	if diff := cmp.Diff(first, again); err != nil || diff != "" || len(all(t, s)) != 2 {
		t.Errorf("the retry, %v:\n%s", err, diff)
	}
	in.File = append(in.File, "More;Bea;b@example.org;2026-11-27;;;;;\n"...)
	if _, err := svc.Import(t.Context(), "eva", in); !errors.Is(err, &order.Error{Code: order.Exists}) {
		t.Errorf("another file with the same key: %v", err)
	}
}

func TestTheBoundsOfAnImport(t *testing.T) {
	svc, s := service(t)
	file := func(lines int) []byte {
		return []byte("title,client_name,client_email,due\n" + strings.Repeat("Film,Bea,b@example.org,2026-11-27\n", lines))
	}
	got, err := svc.Import(t.Context(), "eva", api.Import{File: file(placement.MaxImportLines + 1)})
	if err != nil || got.Wrong != 1 || got.Errors[0].Line != placement.MaxImportLines+2 {
		t.Errorf("too many lines: %+v, %v", got.Errors, err)
	}
	got, err = svc.Import(t.Context(), "eva", api.Import{File: bytes.ReplaceAll(file(placement.MaxImportLines), []byte("Bea"), nil)})
	if err != nil || got.Wrong != placement.MaxImportLines || len(got.Errors) != 1_000 {
		t.Errorf("all wrong: %d, %d named, %v", got.Wrong, len(got.Errors), err)
	}
	_, err = svc.Import(t.Context(), "eva", api.Import{File: make([]byte, placement.MaxImportBytes+1)})
	if !errors.Is(err, &order.Error{Code: order.TooLarge}) {
		t.Errorf("too many bytes: %v", err)
	}
	for _, zone := range []string{"Local", "Nowhere/Land", "../../etc/passwd", "/etc/passwd"} {
		_, err := svc.Import(t.Context(), "eva", api.Import{File: file(1), Timezone: zone})
		if !errors.Is(err, &order.Error{Code: order.Invalid}) {
			t.Errorf("zone %s: %v", zone, err)
		}
	}
	if len(all(t, s)) != 0 {
		t.Error("something was placed")
	}
	got, err = svc.Import(t.Context(), "eva", api.Import{File: file(placement.MaxImportLines)})
	if err != nil || len(got.Orders) != placement.MaxImportLines || len(all(t, s)) != placement.MaxImportLines {
		t.Errorf("as many lines as allowed: %d, %d wrong, %v", len(got.Orders), got.Wrong, err)
	}
}

// Whatever the bytes: either something is said to be wrong, or every line is an
// order.
func FuzzImport(f *testing.F) {
	f.Add([]byte(german))
	f.Add([]byte("title,client_name,client_email,due\n\"a\n\",b,c@d.example,2026-11-27\n"))
	f.Add([]byte("\ufefftitle;client_name;client_email;due;notes\r\n\xff"))
	svc := placement.Service{Links: plainLinks{}, Now: func() time.Time { return morning }, PublicURL: func() string { return "" }}
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := svc.Import(context.Background(), "eva", api.Import{File: file, DryRun: true})
		if err != nil {
			t.Fatal(err)
		}
		if (got.Wrong == 0) != (len(got.Orders) > 0) || got.Wrong > 0 && len(got.Errors) == 0 {
			t.Fatalf("%d wrong, %d orders, %v", got.Wrong, len(got.Orders), got.Errors)
		}
		line := 1
		for _, o := range got.Orders {
			if o.Line <= line || o.Line > bytes.Count(file, []byte("\n"))+1 || !utf8.ValidString(o.Title) || strings.TrimSpace(o.Title) == "" {
				t.Fatalf("%+v after line %d", o, line)
			}
			line = o.Line
		}
		for _, e := range got.Errors {
			if e.Line < 1 || e.Line > bytes.Count(file, []byte("\n"))+2 {
				t.Fatalf("%+v", e)
			}
		}
	})
}
