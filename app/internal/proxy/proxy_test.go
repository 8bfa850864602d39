package proxy_test

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/net/http/httpproxy"

	"handover/app/internal/proxy"
)

func through(t *testing.T, f proxy.Func, address string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	u, err := f(r)
	if err != nil {
		t.Fatal(err)
	}
	if u == nil {
		return ""
	}
	return u.String()
}

func clearEnvironment(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "REQUEST_METHOD"} {
		t.Setenv(name, "")
	}
}

func TestEnvironment(t *testing.T) {
	clearEnvironment(t)
	t.Setenv("HTTPS_PROXY", "http://proxy.example:3128")
	t.Setenv("HTTP_PROXY", "http://proxy.example:3129")
	t.Setenv("NO_PROXY", "*.inside.example")
	f := proxy.New()
	for address, want := range map[string]string{
		"https://handover.example/": "http://proxy.example:3128", "http://handover.example/": "http://proxy.example:3129",
		"https://a.inside.example/": "", "http://127.0.0.1:8080/": "", "http://localhost:8080/": "", "http://[::1]:8080/": "",
		"https://127.8.8.8/": "", "http://handover.localhost/": "",
	} {
		if got := through(t, f, address); got != want {
			t.Errorf("%s through %q, want %q", address, got, want)
		}
	}
}

// The settings of the desktop hold when the environment says nothing; they are
// printed by a program of the desktop.
func TestDesktop(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("the settings are read in another way")
	}
	clearEnvironment(t)
	const settings = `org.gnome.system.proxy ignore-hosts ['localhost', '10.0.0.0/8', '*.inside.example']
org.gnome.system.proxy mode 'manual'
org.gnome.system.proxy use-same-proxy true
org.gnome.system.proxy.http host 'proxy.example'
org.gnome.system.proxy.http port 3128
org.gnome.system.proxy.https host ''
org.gnome.system.proxy.https port 0
`
	dir := t.TempDir()
	script := "#!/bin/sh\ncat <<'END'\n" + settings + "END\n"
	if err := os.WriteFile(filepath.Join(dir, "gsettings"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	f := proxy.New()
	for address, want := range map[string]string{
		"https://handover.example/": "http://proxy.example:3128", "http://10.1.2.3/": "", "https://a.inside.example/": "", "http://127.0.0.1/": "",
	} {
		if got := through(t, f, address); got != want {
			t.Errorf("%s through %q, want %q", address, got, want)
		}
	}
	t.Setenv("PATH", t.TempDir()) // no desktop
	if got := through(t, proxy.New(), "https://handover.example/"); got != "" {
		t.Errorf("through %q without a desktop", got)
	}
}

func TestSettings(t *testing.T) {
	for name, tc := range map[string]struct {
		got, want httpproxy.Config
	}{
		"GNOME, none": {proxy.FromGSettings("org.gnome.system.proxy mode 'none'\norg.gnome.system.proxy.http host 'old'\n"), httpproxy.Config{}},
		"GNOME, own proxies": {proxy.FromGSettings(`org.gnome.system.proxy mode 'manual'
org.gnome.system.proxy.http host 'a'
org.gnome.system.proxy.http port 1
org.gnome.system.proxy.http use-authentication true
org.gnome.system.proxy.http authentication-user 'me'
org.gnome.system.proxy.http authentication-password 'p w'
org.gnome.system.proxy.https host 'b'
org.gnome.system.proxy.https port 2
org.gnome.system.proxy ignore-hosts @as []
`), httpproxy.Config{HTTPProxy: "http://me:p%20w@a:1", HTTPSProxy: "http://b:2"}},
		"GNOME, SOCKS": {proxy.FromGSettings("org.gnome.system.proxy mode 'manual'\norg.gnome.system.proxy.socks host 's'\norg.gnome.system.proxy.socks port 1080\n"),
			httpproxy.Config{HTTPProxy: "socks5://s:1080", HTTPSProxy: "socks5://s:1080"}},
		"macOS": {proxy.FromScutil(`<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 10.0.0.0/8
  }
  FTPPassive : 1
  HTTPEnable : 1
  HTTPPort : 8080
  HTTPProxy : proxy.example
  HTTPSEnable : 1
  HTTPSPort : 8443
  HTTPSProxy : secure.example
}
`), httpproxy.Config{HTTPProxy: "http://proxy.example:8080", HTTPSProxy: "http://secure.example:8443", NoProxy: "*.local,10.0.0.0/8"}},
		"macOS, none": {proxy.FromScutil("<dictionary> {\n  HTTPEnable : 0\n  HTTPProxy : old\n}\n"), httpproxy.Config{}},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %+v, want %+v", name, tc.got, tc.want)
		}
	}
}
