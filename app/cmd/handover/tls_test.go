//go:build unix

package main_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A server with a certificate answers over https alone, and a client that does
// not trust the certificate sends no password.
func TestServeWithCertificate(t *testing.T) {
	t.Parallel()
	k := &kill{dir: t.TempDir()}
	cert, key := filepath.Join(k.dir, "cert.pem"), filepath.Join(k.dir, "key.pem")
	writeCertificate(t, cert, key)
	s, err := startServer(k.data(), "127.0.0.1:0", os.Environ(), "--tls-cert", cert, "--tls-key", key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		if strings.Contains(s.log.String(), "correct horse") {
			t.Error("the log has the password")
		}
	})
	if !strings.HasPrefix(s.url, "https://127.0.0.1:") {
		t.Fatalf("the server listens on %s", s.url)
	}
	k.run(t, "handover-server", "user", "add", "--data", k.data(), "--email", "eva@example.org", "--name", "Eva")

	login := k.command("handover", "login", s.url, "--email", "eva@example.org")
	login.Run()
	if login.ProcessState.ExitCode() != 1 || !strings.Contains(login.Stderr.(*bytes.Buffer).String(), "error: the server's certificate is not trusted") {
		t.Errorf("without trust: %s", login.Stderr)
	}
	login = k.command("handover", "login", s.url, "--email", "eva@example.org")
	login.Env = append(login.Env, "SSL_CERT_FILE="+cert)
	if err := login.Run(); err != nil {
		t.Errorf("with trust: %v: %s", err, login.Stderr)
	}
}

// writeCertificate makes a certificate for this computer that signs itself.
func writeCertificate(t *testing.T, certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
