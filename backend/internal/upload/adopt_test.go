package upload_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"handover/backend/order"
)

func recordOf(id string, content []byte) order.Upload {
	sum := sha256.Sum256(content)
	return order.Upload{
		ID: id, SellerID: "ann", OrderID: "logo", Path: "a.bin", Size: int64(len(content)),
		SHA256: hex.EncodeToString(sum[:]), CRC32: fmt.Sprintf("%08x", crc32.ChecksumIEEE(content)), Type: "application/octet-stream", FinishedAt: time.Now().UTC(),
	}
}

func TestAdopt(t *testing.T) { onEveryStore(t, testAdopt) }

func testAdopt(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	content := noise(1<<20 + 1)
	u := recordOf("abcdefghijklmnopqrstuvwxyz", content)
	for name, wrong := range map[string]io.Reader{
		"shorter":         bytes.NewReader(content[1:]),
		"longer":          io.MultiReader(bytes.NewReader(content), bytes.NewReader([]byte("x"))),
		"other":           bytes.NewReader(append([]byte("x"), content[1:]...)),
		"that breaks off": io.MultiReader(bytes.NewReader(content[:99]), iotest.ErrReader(errors.New("cut"))),
	} {
		if err := s.svc.Adopt(t.Context(), u, wrong); err == nil {
			t.Errorf("content %s was adopted", name)
		}
		s.wantNothing()
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.svc.Adopt(gone, u, bytes.NewReader(content)); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
	s.wantNothing()
	if err := s.svc.Adopt(t.Context(), u, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	s.ledger.set(func(l *ledger) { l.records[u.ID] = u })
	s.reopen()
	s.wantWhole(s.srv.URL+"/uploads/"+u.ID, content)
	if err := s.svc.Adopt(t.Context(), u, iotest.ErrReader(errors.New("it is read again"))); err != nil {
		t.Error(err)
	}
	u.ID = "../escape"
	if err := s.svc.Adopt(t.Context(), u, bytes.NewReader(content)); err == nil {
		t.Error("an ID that is none was taken")
	}
}

func TestAdoptEmpty(t *testing.T) { onEveryStore(t, testAdoptEmpty) }

func testAdoptEmpty(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	u := recordOf("abcdefghijklmnopqrstuvwxyz", nil)
	if err := s.svc.Adopt(t.Context(), u, bytes.NewReader(nil)); err != nil {
		t.Fatal(err)
	}
	s.ledger.set(func(l *ledger) { l.records[u.ID] = u })
	s.wantWhole(s.srv.URL+"/uploads/"+u.ID, nil)
}
