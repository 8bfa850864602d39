package proxy

import (
	"net"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// fromGSettings parses the output of `gsettings list-recursively org.gnome.system.proxy`: a
// schema, a key and a value per line. It ignores a script (mode auto).
func fromGSettings(text string) httpproxy.Config {
	const schema = "org.gnome.system.proxy"
	values := map[string]string{}
	for line := range strings.Lines(text) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		key, value, _ := strings.Cut(rest, " ")
		values[strings.TrimPrefix(strings.TrimPrefix(name, schema), ".")+"/"+key] = strings.Trim(value, "'")
	}
	if values["/mode"] != "manual" {
		return httpproxy.Config{}
	}
	var login *url.Userinfo
	if values["http/use-authentication"] == "true" {
		login = url.UserPassword(values["http/authentication-user"], values["http/authentication-password"])
	}
	c := httpproxy.Config{
		HTTPProxy:  address("http", values["http/host"], values["http/port"], login),
		HTTPSProxy: address("http", values["https/host"], values["https/port"], nil),
		NoProxy:    strings.Join(quoted(values["/ignore-hosts"]), ","),
	}
	others := address("socks5", values["socks/host"], values["socks/port"], nil)
	if others == "" && values["/use-same-proxy"] != "false" {
		others = c.HTTPProxy
	}
	return withOthers(c, others)
}

// quoted returns the strings in a list such as ['localhost', '::1'].
func quoted(list string) (texts []string) {
	for _, m := range regexp.MustCompile(`'([^']*)'`).FindAllStringSubmatch(list, -1) {
		texts = append(texts, m[1])
	}
	return texts
}

// fromScutil parses the output of macOS's `scutil --proxy`: keys and values, with the
// exceptions as a numbered list. It ignores a script.
func fromScutil(text string) httpproxy.Config {
	values := map[string]string{}
	var exceptions []string
	listed := false
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " : ")
		switch {
		case key == "ExceptionsList":
			listed = true
		case key == "}":
			listed = false
		case listed:
			exceptions = append(exceptions, value)
		default:
			values[key] = value
		}
	}
	enabled := func(kind, scheme string) string {
		if values[kind+"Enable"] != "1" {
			return ""
		}
		return address(scheme, values[kind+"Proxy"], values[kind+"Port"], nil)
	}
	c := httpproxy.Config{HTTPProxy: enabled("HTTP", "http"), HTTPSProxy: enabled("HTTPS", "http"), NoProxy: strings.Join(exceptions, ",")}
	return withOthers(c, enabled("SOCKS", "socks5"))
}

// withOthers uses the proxy of one protocol for others without their own.
func withOthers(c httpproxy.Config, others string) httpproxy.Config {
	if c.HTTPProxy == "" {
		c.HTTPProxy = others
	}
	if c.HTTPSProxy == "" {
		c.HTTPSProxy = others
	}
	return c
}

// address returns the URL of a proxy; "" without a host.
func address(scheme, host, port string, login *url.Userinfo) string {
	if host == "" {
		return ""
	}
	if port != "" && port != "0" {
		host = net.JoinHostPort(host, port)
	}
	return (&url.URL{Scheme: scheme, User: login, Host: host}).String()
}
