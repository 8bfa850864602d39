package upload_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"

	"handover/backend/order"
)

// ledger is the database of these tests.
type ledger struct {
	mu        sync.Mutex
	records   map[string]order.Upload
	delivered map[string]bool
	// finishing, when set, decides the error of FinishUploads.
	finishing func(order.Upload) error
}

func newLedger() *ledger {
	return &ledger{records: map[string]order.Upload{}, delivered: map[string]bool{}}
}

func (l *ledger) FinishUploads(_ context.Context, us []order.Upload) error {
	for _, u := range us {
		if err := l.finish(u); err != nil {
			return err
		}
	}
	return nil
}

func (l *ledger) UploadWith(_ context.Context, seller, sha256 string, size int64, not string) (order.Upload, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, u := range l.records {
		if u.SellerID == seller && u.SHA256 == sha256 && u.Size == size && u.ID != not {
			return u, nil
		}
	}
	return order.Upload{}, &order.Error{Code: order.NotFound, Message: "no such upload"}
}

// StoredBytes counts content once.
func (l *ledger) StoredBytes(_ context.Context, seller string) (total int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := map[string]bool{}
	for _, u := range l.records {
		if u.SellerID == seller && !seen[u.SHA256] {
			seen[u.SHA256] = true
			total += u.Size
		}
	}
	return total, nil
}

func (l *ledger) finish(u order.Upload) error {
	l.mu.Lock()
	finishing := l.finishing
	l.mu.Unlock()
	if finishing != nil {
		if err := finishing(u); err != nil {
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.records[u.ID]; !ok {
		l.records[u.ID] = u
	}
	return nil
}

func (l *ledger) DropUpload(_ context.Context, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.delivered[id] {
		return &order.Error{Code: order.Conflict, Message: "a delivery names this upload"}
	}
	delete(l.records, id)
	return nil
}

func (l *ledger) Upload(_ context.Context, id string) (order.Upload, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u, ok := l.records[id]
	if !ok {
		return order.Upload{}, &order.Error{Code: order.NotFound, Message: "no such upload"}
	}
	return u, nil
}

func (l *ledger) set(change func(*ledger)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(l)
}

// gate knows the sellers ann and bob, an order of bob's, and three orders of ann's, of
// which one is completed.
type gate struct{}

func (gate) SellerOf(r *http.Request) (string, error) {
	name, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || (name != "ann" && name != "bob") {
		return "", errors.New("not signed in")
	}
	return name, nil
}

func (gate) MayUpload(_ context.Context, seller, id string) error {
	switch {
	case seller == "ann" && (id == "logo" || id == "film"), seller == "bob" && id == "bobs":
		return nil
	case seller == "ann" && id == "finished-order":
		return &order.Error{Code: order.Conflict, Message: "the order is completed"}
	}
	return &order.Error{Code: order.NotFound, Message: "no such order"}
}
