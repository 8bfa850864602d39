package backend_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"handover/backend"
	"handover/backend/order"
	"handover/internal/freeport"
)

// deployFile returns a file of build/deploy, with texts replaced that must be in it.
func deployFile(t *testing.T, name string, replace ...string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "build", "deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for i := 0; i+1 < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("%s does not have %q", name, replace[i])
		}
		text = strings.ReplaceAll(text, replace[i], replace[i+1])
	}
	return text
}

// tool finds a program of a Debian package, which build/setup.sh unpacks into
// .cache/deploy where it is not installed.
func tool(t *testing.T, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/sbin", "../.cache/deploy/usr/sbin", "../.cache/deploy/usr/bin"} {
		path, err := filepath.Abs(filepath.Join(dir, name))
		if _, missing := os.Stat(path); err == nil && missing == nil {
			return path
		}
	}
	t.Skipf("there is no %s: build/setup.sh test gets it where Debian or Ubuntu has it", name)
	return ""
}

// front is a proxy before servers, as build/deploy configures it.
type front struct {
	dir, address string // of its files, and where it listens
	trusts       *tls.Config
}

// newFront makes what every proxy needs: a folder with key.pem and cert.pem of
// localhost, and a port.
func newFront(t *testing.T) front {
	t.Helper()
	f := front{dir: t.TempDir(), address: freeAddress(t)}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	noFault(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	noFault(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	noFault(t, err)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	noFault(t, errors.Join(
		os.WriteFile(f.at("cert.pem"), certificate, 0o600),
		os.WriteFile(f.at("key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600),
	))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	f.trusts = &tls.Config{RootCAs: roots}
	return f
}

func (f front) at(name string) string { return filepath.Join(f.dir, name) }

func (f front) port() string { return f.address[strings.LastIndexByte(f.address, ':')+1:] }

func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := freeport.Address()
	noFault(t, err)
	return address
}

// run starts the proxy, and ends it with the test.
func (f front) run(t *testing.T, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(tool(t, name), args...)
	cmd.Dir = f.dir
	cmd.Env = append(os.Environ(), "HOME="+f.dir, "XDG_DATA_HOME="+f.dir, "XDG_CONFIG_HOME="+f.dir)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	noFault(t, cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }() // says that it was told to stop
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(tooLong):
			_ = cmd.Process.Kill()
			<-ended
		}
		if t.Failed() {
			t.Logf("%s said %s", name, said.String())
		}
	})
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) { // another program is on the other side
		if c, err := net.Dial("tcp", f.address); err == nil {
			c.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s ended: %s", name, said.String())
		default:
		}
		if time.Since(began) > tooLong {
			t.Fatalf("%s does not answer", name)
		}
	}
}

// before has the site's requests go to the proxy.
func (f front) before(s *site) {
	transport := &http.Transport{TLSClientConfig: f.trusts, ForceAttemptHTTP2: true}
	s.Cleanup(transport.CloseIdleConnections)
	s.behind = hostOf(s)
	s.address, s.client = "https://localhost:"+f.port(), &http.Client{Transport: transport, CheckRedirect: s.client.CheckRedirect}
}

func hostOf(s *site) string { return strings.TrimPrefix(s.address, "http://") }

// nginx runs nginx with a file of build/deploy as a site.
func (f front) nginx(t *testing.T, name string, replace ...string) {
	t.Helper()
	plain := freeAddress(t)
	site := deployFile(t, name, append([]string{
		"listen 80;", "listen " + plain + ";", "listen 443 ssl;", "listen " + f.address + " ssl;", "    listen [::]:80;\n", "", "    listen [::]:443 ssl;\n", "",
		"/etc/letsencrypt/live/handover.example.org/fullchain.pem", f.at("cert.pem"), "/etc/letsencrypt/live/handover.example.org/privkey.pem", f.at("key.pem"),
		"server_name handover.example.org", "server_name localhost",
	}, replace...)...)
	user := ""
	if os.Getuid() == 0 {
		user = "user root;"
	}
	main := fmt.Sprintf("daemon off; pid %[1]s/pid; error_log stderr; %[2]s events {} http { access_log off; client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy;"+
		" fastcgi_temp_path %[1]s/fastcgi; uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi; include %[1]s/site; }", f.dir, user)
	noFault(t, errors.Join(os.WriteFile(f.at("site"), []byte(site), 0o600), os.WriteFile(f.at("nginx.conf"), []byte(main), 0o600)))
	args := []string{"-e", "stderr", "-p", f.dir, "-c", f.at("nginx.conf")}
	if out, err := exec.Command(tool(t, "nginx"), append(args, "-t")...).CombinedOutput(); err != nil || bytes.Contains(out, []byte("[warn]")) {
		t.Fatalf("nginx -t: %v\n%s", err, out)
	}
	f.run(t, "nginx", args...)
}

func (f front) nginxBefore(t *testing.T, s *site, location string) {
	t.Helper()
	f.nginx(t, "nginx.conf", "server 127.0.0.1:8080;", "server "+hostOf(s)+";",
		"location / {\n        proxy_pass http://handover;", location,
		"location = /metrics", "location ~ /metrics$")
}

// caddy runs Caddy with the file of build/deploy; what handles a path is put
// around its reverse_proxy.
func (f front) caddy(t *testing.T, s *site, handle string) {
	t.Helper()
	proxy := "reverse_proxy {$HANDOVER_SERVER:127.0.0.1:8080}"
	text := "{\n admin off\n auto_https disable_redirects\n}\n" + deployFile(t, "Caddyfile",
		"{$HANDOVER_NAME:handover.example.org} {", "https://localhost:"+f.port()+" {\n tls cert.pem key.pem",
		proxy, handle+"{\n"+proxy+"\n}", "path /metrics", "path */metrics",
		"{$HANDOVER_SERVER:127.0.0.1:8080}", "{$HANDOVER_SERVER:"+hostOf(s)+"}")
	noFault(t, os.WriteFile(f.at("Caddyfile"), []byte(text), 0o600))
	f.run(t, "caddy", "run", "--config", f.at("Caddyfile"), "--adapter", "caddyfile")
}

// Through the proxies of the deployment guide uploads arrive as they are sent,
// paused ones go on, live events come at once, and nobody reads the metrics or
// claims to be somebody else. So it is below a path, whether the proxy takes
// that path away or leaves it.
func TestBehindAProxy(t *testing.T) {
	for name, tc := range map[string]struct {
		path, site string
		start      func(f front, t *testing.T, s *site, site string)
	}{
		"nginx":                  {"", "location / {\n        proxy_pass http://handover;", front.nginxBefore},
		"nginx with a path":      {"/handover", "location /handover/ {\n        proxy_pass http://handover;", front.nginxBefore},
		"nginx without the path": {"/handover", "location /handover/ {\n        proxy_pass http://handover/;", front.nginxBefore},
		"Caddy":                  {"", "handle ", front.caddy},
		"Caddy with a path":      {"/handover", "handle /handover/* ", front.caddy},
		"Caddy without the path": {"/handover", "handle_path /handover/* ", front.caddy},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFront(t)
			s := newSite(t, func(c *backend.Config) { c.TrustProxy, c.PublicURL = true, "https://localhost:"+f.port()+tc.path })
			tc.start(f, t, s, tc.site)
			direct := *s
			f.before(s)
			s.base = tc.path
			p := s.order(delivered) // with an upload
			events := s.listen(s.eva, "")
			events.ready()
			direct.write(p, p.buyer, "while the stream is open")
			events.expect(p.id, order.MessageWritten)
			s.worksThroughAProxy(p)
			s.opensBelow(p)
		})
	}
}

func (s *site) worksThroughAProxy(p placed) {
	s.Helper()
	film := random(3 << 20) // more than proxies take by default
	location := s.pausedUpload(p, film)
	p.file = s.goneOn(location, "film.mov", string(film))
	into[any](s, s.send(request{method: "POST", path: p.path(deliverRoute), as: s.eva, body: delivery(p.file), header: []string{idempotencyField, "second"}}))
	got := s.send(request{method: "GET", path: p.path("/deliveries/2/files/" + p.file.ID), as: p.buyer, header: []string{"Range", "bytes=1000-2097151"}})
	if got.StatusCode != http.StatusPartialContent || !bytes.Equal(got.raw, film[1000:2<<20]) {
		s.Errorf("a part of the download: %s, %d bytes", got.Status, len(got.raw))
	}
	if m := s.send(request{method: "GET", path: "/metrics"}); m.StatusCode != http.StatusNotFound {
		s.Errorf("the metrics are answered with %s", m.Status)
	}
	if n := (&house{s, s.eva}).guesses(s.T, claimed); n >= 35 {
		s.Errorf("with addresses that are claimed %d passwords can be guessed", n)
	}
}

// pausedUpload sends half of a file and then nothing: the server has to have all
// of that while the connection is still open. Then the connection breaks.
func (s *site) pausedUpload(p placed, film []byte) (location string) {
	s.Helper()
	before := s.received()
	location = s.begun(p, "film.mov", string(film))
	ctx, cancel := context.WithCancel(s.Context())
	body, send := io.Pipe()
	req, err := http.NewRequestWithContext(ctx, "PATCH", s.at(location), body)
	noFault(s.T, err)
	for name, value := range map[string]string{"Authorization": "Bearer " + s.eva, "Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"} {
		req.Header.Set(name, value)
	}
	req.ContentLength = int64(len(film))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if resp, err := s.client.Do(req); err == nil {
			resp.Body.Close()
		}
	}()
	if _, err := send.Write(film[:len(film)/2]); err != nil {
		s.Fatal(err)
	}
	for began := time.Now(); s.received()-before < len(film)/2; time.Sleep(5 * time.Millisecond) { // the proxy says nothing when it has passed on
		if time.Since(began) > tooLong {
			s.Fatalf("of %d bytes that were sent %d have arrived", len(film)/2, s.received()-before)
		}
	}
	cancel()
	send.CloseWithError(context.Canceled)
	<-ended
	if at := s.offset(location); at != len(film)/2 {
		s.Errorf("the paused upload goes on at %d of %d", at, len(film)/2)
	}
	return location
}

// received is how many bytes of uploads have reached the server.
func (s *site) received() (n int) {
	s.Helper()
	resp, err := http.Get("http://" + s.behind + "/metrics")
	noFault(s.T, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	noFault(s.T, err)
	for line := range strings.Lines(string(raw)) {
		if value, ok := strings.CutPrefix(line, "handover_upload_bytes_received_total "); ok {
			f, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			noFault(s.T, err)
			n = int(f)
		}
	}
	return n
}

// offset is up to where the server has an upload.
func (s *site) offset(location string) int {
	s.Helper()
	a := s.send(request{method: "HEAD", path: location, as: s.eva, header: []string{"Tus-Resumable", "1.0.0"}})
	n, err := strconv.Atoi(a.Header.Get("Upload-Offset"))
	if err != nil {
		s.Fatalf("the upload's offset: %s %v", a.Status, err)
	}
	return n
}

// claimed is an address that nobody here has.
func claimed(i int) []string { return []string{"X-Forwarded-For", fmt.Sprint("192.0.2.", i)} }

// The unit file is one that systemd takes, and confines the server.
func TestUnit(t *testing.T) {
	analyze := tool(t, "systemd-analyze")
	dir := t.TempDir()
	file := filepath.Join(dir, "handover-server.service")
	noFault(t, os.WriteFile(file, []byte(deployFile(t, "handover-server.service", "/usr/local/bin/handover-server", "/bin/true")), 0o600))
	for _, args := range [][]string{{"verify", "--man=no", file}, {"security", "--offline=yes", "--threshold=15", file}} {
		if out, err := exec.Command(analyze, args...).CombinedOutput(); err != nil {
			t.Errorf("systemd-analyze %s: %v\n%s", args[0], err, out)
		}
	}
}

// Behind nginx two servers are one: what is sent to any of them is there, files
// are found where they lie, and when one stops the other goes on.
func TestSeveralServersBehindNginx(t *testing.T) {
	f := newFront(t)
	a, b := nodes(t, func(c *backend.Config) { c.TrustProxy, c.PublicURL = true, "https://localhost:"+f.port() })
	f.nginx(t, "nginx-several.conf", "server 10.0.0.11:8080", "server "+hostOf(a), "server 10.0.0.12:8080", "server "+hostOf(b))
	s := *a
	f.before(&s)
	for range 4 {
		s.order(active)
	}
	for _, server := range []*site{a, b} {
		if !strings.Contains(server.log.String(), "method=POST route=/api/v1/orders ") {
			t.Error("one of the servers was never asked")
		}
	}
	events := s.listen(s.eva, "")
	events.ready()
	for range 4 {
		p := s.order(completed)
		events.expect(p.id, order.OrderPlaced, order.WorkDelivered, order.OrderCompleted)
		for _, rest := range []string{"/deliveries/1/files/" + p.file.ID, "/deliveries/1/files/" + p.file.ID + "/preview", "/deliveries/1/archive.zip"} {
			if got := s.send(request{method: "GET", path: p.path(rest), as: s.eva}); got.StatusCode != http.StatusOK || len(got.raw) < len(content) {
				t.Errorf("%s: %s %s", rest, got.Status, got.raw)
			}
		}
	}
	closed(t, b)
	p := s.order(active)
	if o := s.look(p); o.Status != order.Active {
		t.Errorf("with one server the order is %s", o.Status)
	}
}
