package backend_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"handover/backend"
)

// A short program that was written from the description alone delivers.
func TestScriptFromTheDescription(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	hook := freeAddress(t)
	s := newSite(t, func(c *backend.Config) {
		c.Now = nil
		c.Notices = backend.Notices{WebhookURL: "http://" + hook + "/", WebhookSecret: noticesSecret}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 2*tooLong)
	defer cancel()
	out, err := exec.CommandContext(ctx, python, "../docs/deliver.py", s.address, "eva@example.org", password, hook[strings.LastIndexByte(hook, ':')+1:], noticesSecret).CombinedOutput()
	if err != nil || !strings.Contains(string(out), " delivered order_placed work_delivered\n") {
		t.Errorf("%v: %s", err, out)
	}
}

// textual is anything in the description that has a text.
type textual struct{ In, Name, Description string }

// operation is an operation as the description has it.
type operation struct {
	Tags                 []string
	Summary, Description string
	Parameters           []textual
	Responses            map[string]textual
}

// check reports texts that a programmer would miss.
func (o operation) check(t *testing.T, name string) {
	t.Helper()
	if len(o.Tags) != 1 || o.Summary == "" || o.Description == "" {
		t.Errorf("%s has the tags %q, the summary %q and the description %q", name, o.Tags, o.Summary, o.Description)
	}
	for _, p := range o.Parameters {
		if p.Description == "" {
			t.Errorf("%s: the parameter %s in the %s has no description", name, p.Name, p.In)
		}
	}
	succeeds := false
	for status, r := range o.Responses {
		succeeds = succeeds || strings.HasPrefix(status, "2") && r.Description != ""
	}
	if !succeeds {
		t.Errorf("%s does not describe the answer to success: %v", name, o.Responses)
	}
}

// The description is complete: every operation and parameter has a text and
// says whether one signs in; every answer may get fields and can be a refusal.
func TestDescription(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/openapi.json", "/openapi-3.0.json"} {
		a := s.send(request{method: "GET", path: path})
		var d struct {
			Paths map[string]map[string]struct {
				operation
				Security *[]any
			}
			Components struct {
				Schemas map[string]struct {
					Additional *bool `json:"additionalProperties"`
					Properties map[string]struct{ Enum []string }
				}
			}
		}
		if err := json.Unmarshal(a.raw, &d); err != nil || a.StatusCode != http.StatusOK {
			t.Fatal(a.Status, err)
		}
		for path, methods := range d.Paths {
			for method, o := range methods {
				o.check(t, method+" "+path)
				if o.Security == nil {
					t.Errorf("%s %s does not say whether one signs in", method, path)
				}
				if public := path == "/api/v1/session" && method == "post" || strings.HasPrefix(path, "/api/v1/server") || method == "options"; o.Security != nil && public != (len(*o.Security) == 0) {
					t.Errorf("%s %s has the security %v", method, path, *o.Security)
				}
			}
		}
		for name, closed := range map[string]bool{"Order": false, "Event": false, "Delivery": false, "Contact": false, "NewOrder": true, "NewDelivery": true} {
			if got := d.Components.Schemas[name].Additional; (got != nil && !*got) != closed {
				t.Errorf("%s: closed is %t", name, !closed)
			}
		}
		if codes := d.Components.Schemas["Problem"].Properties["code"].Enum; !slices.Contains(codes, "mismatched_offset") || !slices.Contains(codes, "stale_version") || !slices.Contains(codes, "upload_damaged") {
			t.Errorf("the codes are %q", codes)
		}
		if kinds := d.Components.Schemas["Event"].Properties["type"].Enum; !slices.Contains(kinds, "work_delivered") || !slices.Contains(kinds, "time_zone_noted") {
			t.Errorf("the events are %q", kinds)
		}
	}
	docs := s.send(request{method: "GET", path: "/docs"})
	if policy := docs.Header.Get("Content-Security-Policy"); docs.StatusCode != http.StatusOK || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "style-src 'sha256-") {
		t.Errorf("the page is %s, %s", docs.Status, policy)
	}
	for _, want := range []string{"POST /uploads/", "Upload-Metadata", "POST /api/v1/orders/{id}/deliveries", "schema-Problem", "mismatched_offset"} {
		if !strings.Contains(string(docs.raw), want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	if strings.Contains(string(docs.raw), "<script") || strings.Contains(string(docs.raw), "https://") && strings.Contains(string(docs.raw), "src=") {
		t.Error("the page loads something")
	}
}
