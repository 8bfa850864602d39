package account_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handover/backend/api"
	"handover/backend/internal/account"
	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

const password = "correct horse"

// desk is a service on a real store, with a clock that the test moves.
type desk struct {
	*account.Service
	store store.Accounts
	now   time.Time
	eva   order.Account
}

func open(t *testing.T, wrap func(store.Accounts) store.Accounts) *desk {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "handover.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if problems, err := db.Checks.Verify(context.Background()); err != nil || len(problems) > 0 {
			t.Errorf("verify: %v, %v", problems, err)
		}
		db.Close()
	})
	d := &desk{store: db.Accounts, now: monday}
	accounts := db.Accounts
	if wrap != nil {
		accounts = wrap(db.Accounts)
	}
	if d.Service, err = account.New(accounts, func() time.Time { return d.now }); err != nil {
		t.Fatal(err)
	}
	d.eva, err = d.Add(t.Context(), api.NewUser{Email: "Eva@example.org", Name: "Eva Editor", Password: password, Language: order.German})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// signIn returns a token, or the code of the refusal.
func (d *desk) signIn(ctx context.Context, email, password, client string) (string, order.Code) {
	_, token, err := d.SignIn(ctx, email, password, client)
	return token, codeOf(err)
}

func codeOf(err error) order.Code {
	var refused *order.Error
	if errors.As(err, &refused) {
		return refused.Code
	}
	if err != nil {
		return order.Code(err.Error())
	}
	return ""
}

func (d *desk) knows(t *testing.T, token string) bool {
	t.Helper()
	a, err := d.Authenticate(t.Context(), token)
	if code := codeOf(err); code != "" && code != order.Unauthenticated {
		t.Fatalf("authenticate: %v", err)
	}
	return err == nil && a.ID == d.eva.ID
}

func TestSigningIn(t *testing.T) {
	d := open(t, nil)
	for name, c := range map[string]struct {
		email, password string
		want            order.Code
	}{
		"right":            {"eva@EXAMPLE.org ", password, ""},
		"wrong password":   {"eva@example.org", "wrong horse", order.Unauthenticated},
		"no password":      {"eva@example.org", "", order.Unauthenticated},
		"unknown account":  {"otto@example.org", password, order.Unauthenticated},
		"another spelling": {"eva@example.org", "Correct horse", order.Unauthenticated},
		"no address":       {"", "", order.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			token, code := d.signIn(t.Context(), c.email, c.password, "192.0.2.1")
			if code != c.want || d.knows(t, token) != (c.want == "") {
				t.Errorf("code %q, want %q", code, c.want)
			}
		})
	}
}

// Whoever guesses waits longer and longer, whether the account exists or not,
// and from however many addresses; the seller gets in when the wait is over.
func TestGuessingAtAnAccount(t *testing.T) {
	for _, email := range []string{"eva@example.org", "nobody@example.org"} {
		t.Run(email, func(t *testing.T) {
			d := open(t, nil)
			for i := range account.Free + 1 {
				if _, code := d.signIn(t.Context(), email, "wrong horse", fmt.Sprint("address ", i)); code != order.Unauthenticated {
					t.Fatalf("guess %d: %q", i, code)
				}
			}
			_, _, err := d.SignIn(t.Context(), " "+email, password, "elsewhere")
			var refused *order.Error
			if !errors.As(err, &refused) || refused.Code != order.RateLimited || refused.RetryAfter != time.Second {
				t.Fatalf("the next one: %v, want a wait of a second", err)
			}
			d.now = d.now.Add(time.Second)
			want := order.Code("")
			if email != "eva@example.org" {
				want = order.Unauthenticated
			}
			if _, code := d.signIn(t.Context(), email, password, "elsewhere"); code != want {
				t.Errorf("after the wait: %q, want %q", code, want)
			}
		})
	}
}

// A success forgets the failures of the account, and never those of the
// address: who has an account could guess at all others.
func TestASuccessForgets(t *testing.T) {
	d := open(t, nil)
	limited := false
	for i := range 100 {
		victim := fmt.Sprintf("victim%d@example.org", i)
		_, code := d.signIn(t.Context(), victim, "guess", "192.0.2.1")
		if code == order.RateLimited {
			limited = true
			break
		}
		if _, code := d.signIn(t.Context(), "eva@example.org", password, "192.0.2.1"); code != "" && code != order.RateLimited {
			t.Fatal(code)
		}
	}
	if !limited {
		t.Error("one address guessed at 100 accounts")
	}
	for range account.Free - 1 {
		d.signIn(t.Context(), "eva@example.org", "wrong horse", "")
	}
	if _, code := d.signIn(t.Context(), "eva@example.org", password, ""); code != "" {
		t.Fatal(code)
	}
	for i := range account.Free {
		if _, code := d.signIn(t.Context(), "eva@example.org", "wrong horse", ""); code != order.Unauthenticated {
			t.Errorf("failure %d after a success: %q", i, code)
		}
	}
}

// Many guesses at once are not checked before the first of them has failed.
func TestManyGuessesAtOnce(t *testing.T) {
	d := open(t, nil)
	codes := make(chan order.Code, 100)
	var all sync.WaitGroup
	for range cap(codes) {
		all.Go(func() {
			_, code := d.signIn(t.Context(), "eva@example.org", "wrong horse", "")
			codes <- code
		})
	}
	all.Wait()
	close(codes)
	tried := 0
	for code := range codes {
		if code == order.Unauthenticated {
			tried++
		} else if code != order.RateLimited {
			t.Error(code)
		}
	}
	if tried != account.Free+1 {
		t.Errorf("%d guesses were checked, want %d", tried, account.Free+1)
	}
}

// Hashing takes memory, so only some is done at once; who waits too long is
// told to come again, and who goes away is not waited for.
func TestHashingIsBounded(t *testing.T) {
	d := open(t, nil)
	synctest.Test(t, func(t *testing.T) {
		s, err := account.New(d.store, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		var ends []func()
		for range account.HashesAtOnce {
			done, err := s.Turn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			ends = append(ends, done)
		}
		began := time.Now()
		if _, err := s.Turn(t.Context()); codeOf(err) != order.RateLimited || time.Since(began) != account.HashWithin {
			t.Errorf("one too many: %v after %s", err, time.Since(began))
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		if _, err := s.Turn(gone); !errors.Is(err, context.Canceled) {
			t.Errorf("one who went away: %v", err)
		}
		time.AfterFunc(time.Second, ends[0])
		if _, err := s.Turn(t.Context()); err != nil {
			t.Errorf("a turn that came free: %v", err)
		}
	})
}

func TestChangingThePassword(t *testing.T) {
	d := open(t, nil)
	here, _ := d.signIn(t.Context(), "eva@example.org", password, "")
	there, _ := d.signIn(t.Context(), "eva@example.org", password, "")
	for name, c := range map[string]struct {
		current, new string
		field        string
	}{
		"wrong current": {"wrong horse", "battery staple", "current"},
		"too short":     {password, "short", "new"},
		"too long":      {password, string(make([]byte, 2000)), "new"},
	} {
		t.Run(name, func(t *testing.T) {
			err := d.ChangePassword(t.Context(), d.eva, here, api.NewPassword{Current: c.current, New: c.new})
			var refused *order.Error
			if !errors.As(err, &refused) || refused.Code != order.Invalid || refused.Field != c.field {
				t.Errorf("%v, want the field %s refused", err, c.field)
			}
		})
	}
	if err := d.ChangePassword(t.Context(), d.eva, here, api.NewPassword{Current: password, New: "battery staple"}); err != nil {
		t.Fatal(err)
	}
	if !d.knows(t, here) || d.knows(t, there) {
		t.Error("the session that asked should go on, and the other one end")
	}
	if _, code := d.signIn(t.Context(), "eva@example.org", password, ""); code != order.Unauthenticated {
		t.Errorf("the old password: %q", code)
	}
	if _, code := d.signIn(t.Context(), "eva@example.org", "battery staple", ""); code != "" {
		t.Errorf("the new password: %q", code)
	}
	// d.eva is the account as it was: somebody else has changed the password.
	if err := d.ChangePassword(t.Context(), d.eva, here, api.NewPassword{Current: password, New: "third password"}); codeOf(err) != order.Conflict {
		t.Errorf("a change on top of another: %v", err)
	}
}

func TestDisablingAnAccount(t *testing.T) {
	d := open(t, nil)
	token, _ := d.signIn(t.Context(), "eva@example.org", password, "")
	a, err := d.SetDisabled(t.Context(), "EVA@example.org", true)
	if err != nil || !a.DisabledAt.Equal(monday) {
		t.Fatalf("%+v, %v", a, err)
	}
	if d.knows(t, token) {
		t.Error("its session goes on")
	}
	if _, code := d.signIn(t.Context(), "eva@example.org", password, ""); code != order.Forbidden {
		t.Errorf("the right password: %q", code)
	}
	if _, code := d.signIn(t.Context(), "eva@example.org", "wrong horse", ""); code != order.Unauthenticated {
		t.Errorf("a wrong password: %q", code)
	}
	d.now = d.now.Add(time.Hour)
	if a, err := d.SetDisabled(t.Context(), "eva@example.org", true); err != nil || !a.DisabledAt.Equal(monday) {
		t.Errorf("disabled again: %+v, %v", a, err)
	}
	if a, err := d.SetDisabled(t.Context(), "eva@example.org", false); err != nil || a.Disabled() {
		t.Errorf("enabled: %+v, %v", a, err)
	}
	if d.knows(t, token) {
		t.Error("a session from before works again")
	}
	if _, code := d.signIn(t.Context(), "eva@example.org", password, ""); code != "" {
		t.Errorf("after it was enabled: %q", code)
	}
	if _, err := d.SetDisabled(t.Context(), "nobody@example.org", true); codeOf(err) != order.NotFound {
		t.Errorf("nobody: %v", err)
	}
}

func TestResettingAPassword(t *testing.T) {
	d := open(t, nil)
	token, _ := d.signIn(t.Context(), "eva@example.org", password, "")
	for range account.Free + 1 {
		d.signIn(t.Context(), "eva@example.org", "wrong horse", "")
	}
	if _, err := d.Reset(t.Context(), "eva@example.org", "short"); codeOf(err) != order.Invalid {
		t.Errorf("a short one: %v", err)
	}
	if _, err := d.Reset(t.Context(), "nobody@example.org", "battery staple"); codeOf(err) != order.NotFound {
		t.Errorf("nobody: %v", err)
	}
	if !d.knows(t, token) {
		t.Fatal("a refused reset ended a session")
	}
	if _, err := d.Reset(t.Context(), "eva@example.org", "battery staple"); err != nil {
		t.Fatal(err)
	}
	if d.knows(t, token) {
		t.Error("a session goes on")
	}
	if _, code := d.signIn(t.Context(), "eva@example.org", "battery staple", ""); code != "" {
		t.Errorf("the new password: %q", code)
	}
}

// late does something between the check of a password and its session.
type late struct {
	store.Accounts
	between func()
}

func (l *late) AddSession(ctx context.Context, s store.Session) error {
	l.between()
	return l.Accounts.AddSession(ctx, s)
}

// A sign-in that began before the account was shut, or got another password,
// does not outlive it.
func TestSigningInWhileTheAccountChanges(t *testing.T) {
	for name, change := range map[string]func(*desk) error{
		"disabled": func(d *desk) error {
			_, err := d.SetDisabled(context.Background(), "eva@example.org", true)
			return err
		},
		"reset": func(d *desk) error {
			_, err := d.Reset(context.Background(), "eva@example.org", "battery staple")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			hook := &late{}
			d := open(t, func(s store.Accounts) store.Accounts { hook.Accounts = s; return hook })
			hook.between = func() {
				if err := change(d); err != nil {
					t.Error(err)
				}
			}
			if token, code := d.signIn(t.Context(), "eva@example.org", password, ""); code != order.Unauthenticated || token != "" {
				t.Errorf("token %q, code %q", token, code)
			}
			if left, err := d.store.Sessions(t.Context(), d.eva.ID); err != nil || len(left) > 0 {
				t.Errorf("%d sessions are left, %v", len(left), err)
			}
		})
	}
}

func TestSessionsEndWhenUnused(t *testing.T) {
	d := open(t, nil)
	used, _ := d.signIn(t.Context(), "eva@example.org", password, "")
	unused, _ := d.signIn(t.Context(), "eva@example.org", password, "")
	d.now = d.now.Add(account.UnusedSession)
	if !d.knows(t, used) {
		t.Fatal("it ended on its last day")
	}
	d.now = d.now.Add(time.Second)
	if !d.knows(t, used) || d.knows(t, unused) {
		t.Error("the one that was used should go on, and the other have ended")
	}
	if list, err := d.SignedIn(t.Context(), d.eva.ID, used); err != nil || len(list) != 1 || !list[0].Current {
		t.Errorf("sessions %+v, %v", list, err)
	}
	d.now = d.now.Add(account.UnusedSession)
	if d.knows(t, used) {
		t.Error("it did not end after all")
	}
}

// What has ended is deleted, at the start and then every hour.
func TestEndedSessionsAreDeleted(t *testing.T) {
	d := open(t, nil)
	synctest.Test(t, func(t *testing.T) {
		s, err := account.New(d.store, func() time.Time { return time.Now().UTC() })
		if err != nil {
			t.Fatal(err)
		}
		left := func() int {
			sessions, err := d.store.Sessions(t.Context(), d.eva.ID)
			if err != nil {
				t.Fatal(err)
			}
			return len(sessions)
		}
		for hash, age := range map[string]time.Duration{"old": account.UnusedSession + 1, "older": 2 * account.UnusedSession, "new": account.UnusedSession - time.Minute} {
			at := time.Now().Add(-age)
			if err := d.store.AddSession(t.Context(), store.Session{TokenHash: hash, AccountID: d.eva.ID, CreatedAt: at, UsedAt: at}); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go s.Run(ctx, slog.New(slog.DiscardHandler))
		synctest.Wait()
		if n := left(); n != 1 {
			t.Errorf("%d sessions are left at the start, want the new one", n)
		}
		time.Sleep(account.PurgeEvery)
		synctest.Wait()
		if n := left(); n != 0 {
			t.Errorf("%d sessions are left an hour later", n)
		}
	})
}

func TestEndingOneSession(t *testing.T) {
	d := open(t, nil)
	here, _ := d.signIn(t.Context(), "eva@example.org", password, "")
	d.now = d.now.Add(time.Minute)
	there, _ := d.signIn(t.Context(), "eva@example.org", password, "")
	list, err := d.SignedIn(t.Context(), d.eva.ID, here)
	if err != nil || len(list) != 2 || list[0].Current || !list[1].Current {
		t.Fatalf("sessions %+v, %v", list, err)
	}
	if err := d.EndSession(t.Context(), "somebody else", list[0].ID); codeOf(err) != order.NotFound {
		t.Errorf("somebody else's: %v", err)
	}
	if err := d.EndSession(t.Context(), d.eva.ID, list[0].ID); err != nil {
		t.Fatal(err)
	}
	if !d.knows(t, here) || d.knows(t, there) {
		t.Error("the wrong one ended")
	}
}

func TestAnAccountIsChecked(t *testing.T) {
	d := open(t, nil)
	good := api.NewUser{Email: "otto@example.org", Name: "Otto", Password: "battery staple"}
	for name, c := range map[string]struct {
		change func(*api.NewUser)
		code   order.Code
		field  string
	}{
		"taken":          {func(u *api.NewUser) { u.Email = "EVA@example.org" }, order.Exists, "email"},
		"no address":     {func(u *api.NewUser) { u.Email = "otto" }, order.Invalid, "email"},
		"a named one":    {func(u *api.NewUser) { u.Email = "Otto <otto@example.org>" }, order.Invalid, "email"},
		"no name":        {func(u *api.NewUser) { u.Name = " " }, order.Invalid, "name"},
		"a long name":    {func(u *api.NewUser) { u.Name = string(make([]rune, order.MaxTitle+1)) }, order.Invalid, "name"},
		"two lines":      {func(u *api.NewUser) { u.Name = "Otto\r\nBcc: x@example.org" }, order.Invalid, "name"},
		"no text":        {func(u *api.NewUser) { u.Name = "\xff" }, order.Invalid, "name"},
		"short password": {func(u *api.NewUser) { u.Password = "1234567" }, order.Invalid, "password"},
		"Klingon":        {func(u *api.NewUser) { u.Language = "tlh" }, order.Invalid, "language"},
	} {
		t.Run(name, func(t *testing.T) {
			u := good
			c.change(&u)
			_, err := d.Add(t.Context(), u)
			var refused *order.Error
			if !errors.As(err, &refused) || refused.Code != c.code || refused.Field != c.field {
				t.Errorf("%v, want %s of %s", err, c.code, c.field)
			}
		})
	}
	name, language := "Eva Ä. Editor 🎬", order.English
	a, err := d.ChangeProfile(t.Context(), d.eva.ID, api.AccountPatch{Name: &name, Language: &language})
	if err != nil || a.Name != name || a.Language != language || a.PasswordHash != d.eva.PasswordHash {
		t.Errorf("%+v, %v", a, err)
	}
}
