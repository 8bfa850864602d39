package app_test

import (
	"path/filepath"
	"testing"

	"handover/app"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
)

// The desk opens as soon as another program releases the drafts.
func TestDataFolderInUse(t *testing.T) {
	home := t.TempDir()
	held, err := draft.Open(filepath.Join(home, "handover.db"))
	if err != nil {
		t.Fatal(err)
	}
	a := program(t, home, &window{}).Bound()
	if _, err := a.App.State(); err == nil || problem.Explain(err).Code != problem.CodeBusy {
		t.Fatalf("while another program has it: %v", err)
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := a.App.State(); err != nil {
		t.Errorf("once it is free: %v", err)
	}
}

func TestAsked(t *testing.T) {
	w := &window{}
	p := program(t, t.TempDir(), w)
	a := p.Bound()
	must[app.State](t)(a.App.TryOut())
	id := find(t, a, "Logo")
	list := app.Asked{Kind: "orders", Unusable: true}
	for name, c := range map[string]struct {
		args []string
		want app.Asked
	}{
		"nothing":        {nil, app.Asked{}},
		"a known order":  {[]string{"handover://order/" + id}, app.Asked{Kind: "order", Order: id}},
		"no such order":  {[]string{"handover://order/nosuchorder"}, list},
		"another host":   {[]string{"handover://example.org/" + id}, list},
		"an https link":  {[]string{"https://example.org/" + id}, app.Asked{}},
		"only the first": {[]string{"handover://order/" + id, "handover:x"}, app.Asked{Kind: "order", Order: id}},
	} {
		t.Run(name, func(t *testing.T) {
			before := w.shown
			p.StartedAgain(c.args)
			if got := must[app.Asked](t)(a.App.TakeAsked()); got != c.want {
				t.Errorf("asked for %+v, want %+v", got, c.want)
			}
			if got := must[app.Asked](t)(a.App.TakeAsked()); got != (app.Asked{}) {
				t.Errorf("taken again: %+v", got)
			}
			if w.shown != before+1 {
				t.Error("the window did not come to the front")
			}
		})
	}
}

// A link that comes before the sign-in is followed after it.
func TestAskedBeforeSignIn(t *testing.T) {
	p := program(t, t.TempDir(), &window{})
	a := p.Bound()
	p.StartedAgain([]string{"handover:"})
	if got := must[app.Asked](t)(a.App.TakeAsked()); got != (app.Asked{}) {
		t.Errorf("signed out: %+v", got)
	}
	must[app.State](t)(a.App.TryOut())
	if got := must[app.Asked](t)(a.App.TakeAsked()); !got.Unusable {
		t.Errorf("signed in: %+v", got)
	}
}
