package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v2"
)

func deployFile(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "build", "deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// understood demands that a command of a file in build/deploy is one.
func understood(t *testing.T, args []string) *grammar {
	t.Helper()
	g := &grammar{}
	parser, err := kong.New(g, kong.Vars{"version": ""})
	if err == nil {
		_, err = parser.Parse(args)
	}
	if err != nil {
		t.Errorf("%q: %v", args, err)
	}
	return g
}

// sets has the settings be in the environment, as a file of build/deploy says.
func sets(t *testing.T, settings map[string]string) {
	t.Helper()
	parser, err := kong.New(&grammar{}, kong.Vars{"version": ""})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, command := range parser.Model.Children {
		for _, f := range command.Flags {
			for _, name := range f.Envs {
				known[name] = command.Name == "serve" || known[name]
			}
		}
	}
	for name, value := range settings {
		if !known[name] {
			t.Errorf("serve has no flag that is %s in the environment", name)
		}
		t.Setenv(name, value)
	}
}

func TestUnitStartsTheServer(t *testing.T) {
	settings := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^#?(HANDOVER_\w+)=(.*)$`).FindAllStringSubmatch(deployFile(t, "environment"), -1) {
		settings[m[1]] = m[2]
	}
	if len(settings) < 5 {
		t.Fatalf("the file has %v", settings)
	}
	sets(t, settings)
	start := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/handover-server (.*)$`).FindStringSubmatch(deployFile(t, "handover-server.service"))
	if start == nil {
		t.Fatal("the unit starts something else")
	}
	g := understood(t, strings.Fields(start[1]))
	if g.Serve.Data != "/var/lib/handover" || !g.Serve.TrustProxy || g.Serve.Quota != 50e9 || g.Serve.Database == "" {
		t.Errorf("it starts as %+v", g.Serve)
	}
	if !strings.Contains(deployFile(t, "nginx.conf"), "server "+g.Serve.Listen+";") || !strings.Contains(deployFile(t, "Caddyfile"), ":"+g.Serve.Listen+"}") {
		t.Errorf("the proxies look for the server elsewhere than at %s", g.Serve.Listen)
	}
}

func TestComposeStartsTheServer(t *testing.T) {
	var file struct {
		Services map[string]struct {
			Build struct {
				Context, Dockerfile string
			}
			Image       string
			Command     []string
			Environment map[string]string
			Volumes     []string
		}
		Volumes map[string]any
	}
	if err := yaml.Unmarshal([]byte(deployFile(t, "compose.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	server, proxy := file.Services["server"], file.Services["proxy"]
	server.Environment["HANDOVER_DATABASE"] = strings.ReplaceAll(server.Environment["HANDOVER_DATABASE"], "${DB_PASSWORD:?set it in .env}", "password")
	sets(t, server.Environment)
	g := understood(t, server.Command)
	if g.Serve.Database != "postgres://handover:password@database/handover" || !g.Serve.TrustProxy || g.Serve.Listen != "0.0.0.0:8080" {
		t.Errorf("it starts as %+v", g.Serve)
	}
	if proxy.Environment["HANDOVER_SERVER"] != "server:8080" || !strings.Contains(deployFile(t, "Caddyfile"), "{$HANDOVER_SERVER:") || !strings.Contains(deployFile(t, "Caddyfile"), "{$HANDOVER_NAME:") {
		t.Error("the proxy does not find the server")
	}
	for name, s := range file.Services {
		if (s.Image == "") == (s.Build.Dockerfile == "") {
			t.Errorf("the service %s has no image, or two", name)
		}
		for _, v := range s.Volumes {
			if from, _, _ := strings.Cut(v, ":"); !strings.HasPrefix(from, ".") {
				if _, ok := file.Volumes[from]; !ok {
					t.Errorf("the service %s has the volume %s, which is not declared", name, from)
				}
			}
		}
	}
	// The image's own command is understood, too.
	entry := regexp.MustCompile(`(?m)^CMD \[(.*)\]$`).FindStringSubmatch(deployFile(t, "Dockerfile"))
	if entry == nil || !strings.Contains(deployFile(t, "Dockerfile"), `ENTRYPOINT ["handover-server"]`) {
		t.Fatal("the image starts something else")
	}
	understood(t, strings.Split(strings.ReplaceAll(strings.ReplaceAll(entry[1], `"`, ""), " ", ""), ","))
}
