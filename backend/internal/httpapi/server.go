package httpapi

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"time"

	"handover/backend/api"
	"handover/backend/receipt"
)

func (s *Server) about(context.Context, *struct{}) (*body[api.Server], error) {
	return &body[api.Server]{api.Server{
		Version: s.Version, MaxFileSize: s.Policy.MaxFileSize,
		ReviewPeriod: s.Policy.ReviewPeriod.String(), ClearingPeriod: s.Policy.ClearingPeriod.String(), Time: s.Now(),
	}}, nil
}

func (s *Server) serverKey(context.Context, *struct{}) (*body[api.ServerKey], error) {
	key, ok := s.ReceiptKey.Public().(ed25519.PublicKey)
	if !ok {
		return nil, s.refuse(errors.New("the key that signs receipts is not an Ed25519 key"))
	}
	return &body[api.ServerKey]{api.ServerKey{Algorithm: "Ed25519", Key: receipt.EncodeKey(key), KeyID: receipt.KeyID(key)}}, nil
}

func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) {
	w.Write([]byte("ok\n"))
}

// readyWithin is how long the store may take to answer.
const readyWithin = 5 * time.Second

// ready probes the store and the uploads, so that a server whose disk is missing or
// full gets no requests.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	if _, err := s.Store.EventLog.LastSeq(ctx); err != nil {
		s.notReady(w, "the store does not answer\n", err)
		return
	}
	if err := s.Ready(); err != nil {
		s.notReady(w, "uploads cannot be stored\n", err)
		return
	}
	w.Write([]byte("ready\n"))
}

func (s *Server) notReady(w http.ResponseWriter, message string, err error) {
	s.Log.Error("not ready", "error", err)
	w.WriteHeader(http.StatusServiceUnavailable)
	w.Write([]byte(message))
}
