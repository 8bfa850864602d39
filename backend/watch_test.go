package backend_test

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"handover/backend"
	"handover/backend/api"
)

// line is a request as it is logged.
type line struct{ level, id, method, route, status string }

// logged waits until a request to the route is logged, which is after its
// answer, and returns its line.
func (h *house) logged(t *testing.T, method, route string) line {
	t.Helper()
	format := regexp.MustCompile(`level=(\S+) msg=request id=(\S+) method=(\S+) route=(\S+) status=(\d+) took=\S+\n`)
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		for _, m := range format.FindAllStringSubmatch(h.log.String(), -1) {
			if l := (line{m[1], m[2], m[3], m[4], m[5]}); l.method == method && l.route == route {
				return l
			}
		}
	}
	t.Fatalf("no line of %s %s in the log:\n%s", method, route, h.log)
	return line{}
}

func TestRequestsAreLogged(t *testing.T) {
	h := withSeller(t)
	id, buyer := h.place(t)
	opened := h.ask(t, "GET", "/review/"+buyer, "", nil)
	h.ask(t, "GET", "/api/v1/orders/"+id, h.token, nil)
	h.upload(t, id, "film.mov", random(10))
	h.ask(t, "GET", "/api/v1/nothing/"+h.token, "", nil)
	h.ask(t, "BREW", "/pot", "", nil)
	h.ask(t, "GET", "/healthz", "", nil)
	h.ask(t, "POST", "/api/v1/orders/"+id+"/accept", h.token, nil, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	for _, want := range []line{
		{method: "POST", route: "/api/v1/session", status: "200", level: "INFO"},
		{method: "GET", route: "/review/{token...}", status: "303", level: "INFO", id: opened.Header.Get("X-Request-Id")},
		{method: "GET", route: "/api/v1/orders/{id}", status: "200", level: "INFO"},
		{method: "POST", route: "/uploads/", status: "201", level: "INFO"},
		{method: "GET", route: "/api/", status: "404", level: "INFO"},
		{method: "other", route: "none", status: "404", level: "INFO"},
		{method: "GET", route: "/healthz", status: "200", level: "DEBUG"},
		{method: "POST", route: "none", status: "403", level: "INFO"},
	} {
		got := h.logged(t, want.method, want.route)
		if got.status != want.status || got.level != want.level || got.id == "" || want.id != "" && got.id != want.id {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

// Whatever a client does, neither the log nor the metrics tell a secret.
func TestNothingSecretIsTold(t *testing.T) {
	h := withSeller(t)
	id, buyer := h.place(t)
	secrets := []string{h.token, buyer, password, "battery staple", "guessed password", "eva@example.org", "bea@example.org"}
	h.ask(t, "GET", "/review/"+buyer, "", nil)
	h.ask(t, "GET", "/review/"+buyer+"/", "", nil)
	h.ask(t, "GET", "/api/v1/orders?token="+h.token, "", nil)
	h.ask(t, "GET", "/api/v1/orders/"+id, buyer, nil)
	h.ask(t, "GET", "/uploads/"+h.token, h.token, nil)
	h.ask(t, "POST", "/api/v1/session", "", api.Credentials{Email: "eva@example.org", Password: "guessed password"})
	h.ask(t, "POST", "/api/v1/session", "", []byte(`{"email":"eva@example.org","password":"guessed password"`))
	h.ask(t, "POST", "/api/v1/account/password", h.token, api.NewPassword{Current: password, New: "battery staple"})
	h.ask(t, "GET", "/"+h.token, "", nil)
	h.ask(t, "GET", "/metrics", h.token, nil)
	h.logged(t, "GET", "/metrics") // the last line is there
	told := h.log.String() + string(h.ask(t, "GET", "/metrics", "", nil).raw)
	for _, secret := range secrets {
		if strings.Contains(told, secret) {
			t.Errorf("%q is told", secret)
		}
	}
}

// metric reads one value off /metrics.
func (h *house) metric(t *testing.T, name string) string {
	t.Helper()
	r := h.ask(t, "GET", "/metrics", "", nil)
	if r.StatusCode != 200 {
		t.Fatal(r.Status)
	}
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (.*)$`).FindSubmatch(r.raw)
	if m == nil {
		t.Fatalf("no %s in\n%s", name, r.raw)
	}
	return string(m[1])
}

func TestMetrics(t *testing.T) {
	h := withSeller(t)
	first, buyer := h.place(t)
	h.place(t)
	h.deliver(t, first, h.upload(t, first, "film.mov", random(1000)))
	h.ask(t, "GET", "/review/"+buyer, "", nil)
	h.logged(t, "GET", "/review/{token...}") // and so measured
	h.logged(t, "PATCH", "/uploads/")
	for name, want := range map[string]string{
		`handover_orders{status="active"}`:                                                             "1",
		`handover_orders{status="delivered"}`:                                                          "1",
		`handover_orders{status="cancelled"}`:                                                          "0",
		`handover_upload_bytes_received_total`:                                                         "1000",
		`handover_uploads_open`:                                                                        "0",
		`handover_deadline_lag_seconds`:                                                                "0",
		`handover_http_requests_total{code="303",route="/review/{token...}"}`:                          "1",
		`handover_http_request_duration_seconds_count{route="/review/{token...}"}`:                     "1",
		`handover_build_info{goversion="` + runtime.Version() + `",version="` + backend.Version + `"}`: "1",
	} {
		if got := h.metric(t, name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if h.metric(t, "go_goroutines") == "0" {
		t.Error("no goroutines")
	}
}

func TestWhoMayReadMetrics(t *testing.T) {
	for name, c := range map[string]struct {
		public  bool
		headers []string
		status  int
	}{
		"this computer":               {false, nil, 200},
		"through a proxy":             {false, []string{"X-Forwarded-For", "192.0.2.1"}, 404},
		"through a proxy, as of 7239": {false, []string{"Forwarded", "for=192.0.2.1"}, 404},
		"through another":             {false, []string{"X-Real-IP", "192.0.2.1"}, 404},
		"public, through a proxy":     {true, []string{"X-Forwarded-For", "192.0.2.1"}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			h := openHouse(t, t.TempDir(), func(b *backend.Config) { b.PublicMetrics = c.public })
			h.ask(t, "GET", "/metrics", "", nil, c.headers...).into(t, c.status, nil)
		})
	}
}

func TestReadiness(t *testing.T) {
	h := openHouse(t, t.TempDir())
	h.ask(t, "GET", "/healthz", "", nil).into(t, 200, nil)
	h.ask(t, "GET", "/readyz", "", nil).into(t, 200, nil)
	folder := filepath.Join(h.dir, "uploads")
	if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if err := os.Rename(folder, folder+".away"); err != nil {
		t.Fatal(err)
	}
	r := h.ask(t, "GET", "/readyz", "", nil)
	if r.StatusCode != 503 || strings.Contains(string(r.raw), h.dir) {
		t.Errorf("without its folder: %s %s", r.Status, r.raw)
	}
	h.ask(t, "GET", "/healthz", "", nil).into(t, 200, nil)
	if err := os.Rename(folder+".away", folder); err != nil {
		t.Fatal(err)
	}
	h.ask(t, "GET", "/readyz", "", nil).into(t, 200, nil)
}
