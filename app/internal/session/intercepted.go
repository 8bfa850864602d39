package session

import (
	"context"
	"fmt"
	"sync"
	"time"

	"handover/app/internal/change"
	"handover/backend/api"
)

// intercepted holds the last answers that did not come from the server, to
// requests of the API and to uploads; nil if the server answered.
type intercepted struct {
	mu           sync.Mutex
	api, uploads *api.Foreign
}

// record stores the latest answer and reports whether it differs from the one
// before.
func (i *intercepted) record(at **api.Foreign, now *api.Foreign) (changed bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	changed = (*at == nil) != (now == nil) || now != nil && now.Answer() != (*at).Answer()
	*at = now
	return changed
}

// Intercepted returns the answer that a proxy gives for the server, such as "403
// Forbidden"; "" if the server answers, or nothing does.
func (s *Session) Intercepted() string {
	s.intercepted.mu.Lock()
	defer s.intercepted.mu.Unlock()
	for _, f := range []*api.Foreign{s.intercepted.api, s.intercepted.uploads} {
		if f != nil {
			return f.Answer()
		}
	}
	return ""
}

// RecordUpload records who answered an upload.
func (s *Session) RecordUpload(err error) { s.recordAnswer(&s.intercepted.uploads, err) }

func (s *Session) recordAnswer(at **api.Foreign, err error) {
	f := api.ForeignIn(err)
	if !s.intercepted.record(at, f) {
		return
	}
	if f != nil {
		s.options.Log.Info("a proxy answers for the server", "answer", f.Answer())
		if s.options.Waiting != nil {
			s.options.Waiting(f.Error())
		}
	}
	s.bus.Tell(change.State, "")
}

// Unreachable returns the error of an action for which the server cannot be
// reached now: because it is away, or because a proxy answers for it.
func (s *Session) Unreachable(action string) error {
	s.intercepted.mu.Lock()
	defer s.intercepted.mu.Unlock()
	if f := s.intercepted.api; f != nil {
		return fmt.Errorf("%s: %w", action, f)
	}
	return fmt.Errorf("%s: %w", action, api.ErrUnreachable)
}

// Patiently calls f, and calls it again after a wait as long as a proxy answers
// for the server. It calls Options.Waiting with the proxy's answer.
func (s *Session) Patiently(ctx context.Context, f func() error) error {
	for {
		err := f()
		foreign := api.ForeignIn(err)
		if foreign == nil {
			return err
		}
		wait := time.NewTimer(foreign.Wait)
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		}
	}
}

// requestSize is the largest request body, in bytes, that a proxy before the
// server accepts.
type requestSize struct {
	Most int64     `json:"most"`
	At   time.Time `json:"at"` // of its discovery
}

// requestSizeExpiry is when the stored limit of a proxy expires: by then the
// computer may be in another network.
const requestSizeExpiry = 24 * time.Hour

func requestSizeSetting(server string) string { return "request size of " + server }

// knownRequestSize returns the limit in bytes; 0 for none.
func (s *Session) knownRequestSize(server string) (int64, error) {
	var known requestSize
	if err := s.drafts.Setting(requestSizeSetting(server), &known); err != nil {
		return 0, err
	}
	if age := time.Since(known.At); age < 0 || age > requestSizeExpiry {
		return 0, nil
	}
	return known.Most, nil
}

// storeRequestSize stores the limit. If that fails, the next program has to
// discover it again.
func (s *Session) storeRequestSize(server string, most int64) {
	s.options.Log.Info("uploads are sent in smaller requests", "bytes", most)
	if err := s.drafts.PutSetting(requestSizeSetting(server), requestSize{most, time.Now().UTC()}); err != nil {
		s.options.Log.Warn("the size of requests was not stored", "error", err)
	}
}

// Wait returns how long to wait before the next try, as far as the error tells.
func Wait(err error) time.Duration {
	if foreign := api.ForeignIn(err); foreign != nil {
		return foreign.Wait
	}
	return 0
}
