package desk

import (
	"context"
	"fmt"
	"sync"
	"time"

	"handover/app/internal/change"
	"handover/backend/api"
)

// intercepted is what answered last in the server's place, to questions and to
// uploads; nil when the server did.
type intercepted struct {
	mu              sync.Mutex
	asking, sending *api.Foreign
}

// note stores who answered, and reports whether that is another answer than the
// one before.
func (i *intercepted) note(at **api.Foreign, now *api.Foreign) (changed bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	changed = (*at == nil) != (now == nil) || now != nil && now.Answer() != (*at).Answer()
	*at = now
	return changed
}

// Intercepted returns what answers in the server's place, such as "403
// Forbidden"; "" when the server answers by itself, or nothing does.
func (s *Session) Intercepted() string {
	s.intercepted.mu.Lock()
	defer s.intercepted.mu.Unlock()
	for _, f := range []*api.Foreign{s.intercepted.asking, s.intercepted.sending} {
		if f != nil {
			return f.Answer()
		}
	}
	return ""
}

// noteAsking remembers whether something else answered a question.
func (s *Session) noteAsking(err error) {
	s.noteForeign(s.intercepted.note(&s.intercepted.asking, api.ForeignIn(err)), err)
}

// noteSending remembers whether something else answered an upload.
func (s *Session) NoteSending(err error) {
	s.noteForeign(s.intercepted.note(&s.intercepted.sending, api.ForeignIn(err)), err)
}

func (s *Session) noteForeign(changed bool, err error) {
	if !changed {
		return
	}
	if f := api.ForeignIn(err); f != nil {
		s.options.Log.Info("something else answers in the server's place", "answer", f.Answer())
		if s.options.Waiting != nil {
			s.options.Waiting(f.Error())
		}
	}
	s.bus.Tell(change.State, "")
}

// away is the error for a question that cannot be asked now, because the server
// was away or something else answered just before.
func (s *Session) Away(doing string) error {
	s.intercepted.mu.Lock()
	defer s.intercepted.mu.Unlock()
	if f := s.intercepted.asking; f != nil {
		return fmt.Errorf("%s: %w", doing, f)
	}
	return fmt.Errorf("%s: %w", doing, api.ErrUnreachable)
}

// Patiently runs f, and again after a wait as long as something on the way
// answers in the server's place. Options.Waiting is told what that was.
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

// requestSize is the most content, in bytes, that requests to a server may have
// because of a proxy before it.
type requestSize struct {
	Most int64     `json:"most"`
	At   time.Time `json:"at"` // when it was found
}

// requestSizeHolds is after how long a proxy's limit is looked for again: the
// computer may be in another network since.
const requestSizeHolds = 24 * time.Hour

func requestSizeSetting(server string) string { return "request size of " + server }

// knownRequestSize returns the limit in bytes; 0 for none.
func (s *Session) knownRequestSize(server string) (int64, error) {
	var known requestSize
	if err := s.drafts.Setting(requestSizeSetting(server), &known); err != nil {
		return 0, err
	}
	if age := time.Since(known.At); age < 0 || age > requestSizeHolds {
		return 0, nil
	}
	return known.Most, nil
}

// keepRequestSize stores the limit. Without it the next program finds it again.
func (s *Session) keepRequestSize(server string, most int64) {
	s.options.Log.Info("uploads are sent in smaller requests", "bytes", most)
	if err := s.drafts.PutSetting(requestSizeSetting(server), requestSize{most, time.Now().UTC()}); err != nil {
		s.options.Log.Warn("the size of requests was not stored", "error", err)
	}
}
