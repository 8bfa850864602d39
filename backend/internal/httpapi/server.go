package httpapi

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"handover/backend/api"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/internal/store"
	"handover/backend/order"
	"handover/backend/receipt"
)

// serverRoutes describe the server and its state.
type serverRoutes struct {
	version    string
	receiptKey ed25519.PrivateKey
	events     store.EventLog
	uploads    func() error // the reason why uploads cannot be stored now
	now        func() time.Time
	policy     order.Policy
	log        *slog.Logger
}

func (s serverRoutes) register(r *routes) {
	add(r, openapi.Operation("GET", "/api/v1/server", "about", "What this server is and allows", nil), s.about)
	add(r, openapi.Operation("GET", "/api/v1/server/key", "server-key", "The public key that verifies receipts", nil), s.key)
	r.mux.HandleFunc("GET /healthz", s.healthy)
	r.mux.HandleFunc("GET /readyz", s.ready)
}

func (s serverRoutes) about(context.Context, *struct{}) (*body[api.Server], error) {
	return &body[api.Server]{api.Server{
		Version: s.version, MaxFileSize: s.policy.MaxFileSize,
		ReviewPeriod: s.policy.ReviewPeriod.String(), ClearingPeriod: s.policy.ClearingPeriod.String(), Time: s.now(),
	}}, nil
}

func (s serverRoutes) key(context.Context, *struct{}) (*body[api.ServerKey], error) {
	key, ok := s.receiptKey.Public().(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("the key that signs receipts is not an Ed25519 key")
	}
	return &body[api.ServerKey]{api.ServerKey{Algorithm: "Ed25519", Key: receipt.EncodeKey(key), KeyID: receipt.KeyID(key)}}, nil
}

func (s serverRoutes) healthy(w http.ResponseWriter, _ *http.Request) {
	w.Write([]byte("ok\n"))
}

// readyWithin is how long the store may take to answer.
const readyWithin = 5 * time.Second

// ready probes the store and the uploads, so that a server whose disk is missing or
// full gets no requests.
func (s serverRoutes) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	if _, err := s.events.LastSeq(ctx); err != nil {
		s.notReady(w, "the store does not answer\n", err)
		return
	}
	if err := s.uploads(); err != nil {
		s.notReady(w, "uploads cannot be stored\n", err)
		return
	}
	w.Write([]byte("ready\n"))
}

func (s serverRoutes) notReady(w http.ResponseWriter, message string, err error) {
	s.log.Error("not ready", "error", err)
	w.WriteHeader(http.StatusServiceUnavailable)
	w.Write([]byte(message))
}
