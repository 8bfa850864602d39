package main

import (
	"net"
	"regexp"
	"testing"

	"handover/backend/commandline"
)

func TestServeNamesAWrongListenAddress(t *testing.T) {
	for _, address := range []string{"nonsense", "127.0.0.1", ":http:80", "127.0.0.1:70000", "127.0.0.1:nonsense"} {
		command(t, "", "serve", "--data", t.TempDir(), "--listen", address).want(t, commandline.Misused, "",
			regexp.QuoteMeta(`error: --listen "`+address+`" is not an address such as 127.0.0.1:8080, or :8080 for all addresses of this computer`)+"\n")
	}
}

func TestServeNamesAListenAddressInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	command(t, "", "serve", "--data", t.TempDir(), "--listen", l.Addr().String()).want(t, commandline.Refused, "",
		`.*error: --listen `+regexp.QuoteMeta(l.Addr().String())+`: [^\n]+\n`)
}

func TestEmptyOutboxIsReported(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ kind, option, want string }{
		{"mail", "", "no e-mails are waiting\n"},
		{"mail", "--failed", "no e-mails have failed\n"},
		{"webhook", "", "no webhooks are waiting\n"},
		{"webhook", "--failed", "no webhooks have failed\n"},
	} {
		args := []string{c.kind, "list", "--data", dir}
		if c.option != "" {
			args = append(args, c.option)
		}
		command(t, "", args...).want(t, 0, "", c.want)
		command(t, "", append(args, "--json")...).want(t, 0, `\[\]\n`, "")
	}
}

func TestCheckCountsInTheSingular(t *testing.T) {
	dir := t.TempDir()
	command(t, "correct horse\n", "user", "add", "--data", dir, "--email", "eva@example.org", "--name", "Eva").want(t, 0, "added .*\n", "")
	command(t, "", "order", "add", "--data", dir, "--seller", "eva@example.org", "--buyer-name", "Bea", "--buyer-email", "bea@example.org",
		"--title", "Film", "--due", "72h").want(t, 0, "order .*", "")
	command(t, "", "check", "--data", dir).want(t, 0, "1 order, 0 deliveries, 0 files, 0 bytes, 0 problems\n", "")
}
