package upload_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// peer is a tus 1.0 server that the suite talks to, over HTTP alone.
type peer struct {
	endpoint string      // creation URL
	header   http.Header // for every request, such as a sign-in
	metadata string      // Upload-Metadata that the server accepts
	client   *http.Client
}

// rule is one requirement of the protocol. check returns a violation.
type rule struct {
	name  string
	check func(p *peer) error
}

// exchange sends a request of the protocol; header is pairs of names and values,
// of which an empty value leaves the field out.
func (p *peer) exchange(method, target string, body io.Reader, header ...string) (*http.Response, error) {
	base, err := url.Parse(p.endpoint)
	if err != nil {
		return nil, err
	}
	u, err := base.Parse(target)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(method, u.String(), body)
	if err != nil {
		return nil, err
	}
	for name, values := range p.header {
		req.Header[name] = values
	}
	req.Header.Set("Tus-Resumable", "1.0.0")
	for i := 0; i < len(header); i += 2 {
		if header[i+1] == "" {
			req.Header.Del(header[i])
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp, err
}

// expect is exchange that requires one of several statuses.
func (p *peer) expect(statuses []int, method, target string, body io.Reader, header ...string) (http.Header, error) {
	resp, err := p.exchange(method, target, body, header...)
	if err != nil {
		return nil, err
	}
	for _, s := range statuses {
		if resp.StatusCode == s {
			return resp.Header, nil
		}
	}
	return resp.Header, fmt.Errorf("%s: status %d, want %d", method, resp.StatusCode, statuses)
}

var (
	created = []int{http.StatusCreated}
	patched = []int{http.StatusNoContent}
	found   = []int{http.StatusOK, http.StatusNoContent}
	missing = []int{http.StatusForbidden, http.StatusNotFound, http.StatusGone}
	refused = []int{400, 403, 404, 405, 409, 410, 411, 412, 413, 415, 422, 501}
)

// create creates an upload and returns its address.
func (p *peer) create(length int, header ...string) (string, error) {
	h, err := p.expect(created, "POST", p.endpoint, nil, append([]string{
		"Upload-Length", strconv.Itoa(length), "Upload-Metadata", p.metadata}, header...)...)
	if err != nil {
		return "", err
	}
	if h.Get("Location") == "" {
		return "", errors.New("no Location")
	}
	return h.Get("Location"), nil
}

const offsetType = "application/offset+octet-stream"

func (p *peer) patch(target string, offset int, content string, header ...string) (http.Header, error) {
	return p.expect(patched, "PATCH", target, strings.NewReader(content), append([]string{
		"Content-Type", offsetType, "Upload-Offset", strconv.Itoa(offset)}, header...)...)
}

// offset returns the offset of an upload.
func (p *peer) offset(target string) (int, error) {
	h, err := p.expect(found, "HEAD", target, nil)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(h.Get("Upload-Offset"))
}

func (p *peer) at(target string, want int) error {
	got, err := p.offset(target)
	if err == nil && got != want {
		err = fmt.Errorf("offset %d, want %d", got, want)
	}
	return err
}

// with creates an upload of length bytes, sends the content, and passes the upload on.
func with(length int, content string, check func(p *peer, target string) error) func(*peer) error {
	return func(p *peer) error {
		target, err := p.create(length)
		if err == nil && content != "" {
			_, err = p.patch(target, 0, content)
		}
		if err != nil {
			return err
		}
		return check(p, target)
	}
}

// refuses asserts that a request is refused with one of the statuses and does not change
// the offset.
func refuses(statuses []int, method, body string, header ...string) func(*peer) error {
	return with(10, "abc", func(p *peer, target string) error {
		_, err := p.expect(statuses, method, target, strings.NewReader(body), append([]string{
			"Content-Type", offsetType, "Upload-Offset", "3"}, header...)...)
		return errors.Join(err, p.at(target, 3))
	})
}

func field(h http.Header, name, want string) error {
	if got := h.Get(name); got != want {
		return fmt.Errorf("%s is %q, want %q", name, got, want)
	}
	return nil
}

// pairs reads Upload-Metadata.
func pairs(header string) map[string]string {
	m := map[string]string{}
	for pair := range strings.SplitSeq(header, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(pair), " ")
		raw, _ := base64.StdEncoding.DecodeString(v)
		m[k] = string(raw)
	}
	return m
}

// protocolRules are the demands of tus 1.0.0 on a server: the core, and the
// extensions creation, creation-with-upload, termination and concatenation.
func protocolRules() []rule {
	return append(append(coreRules(), creationRules()...), append(terminationRules(), concatenationRules()...)...)
}

func coreRules() []rule {
	nowhere := func(p *peer) string { return strings.TrimSuffix(p.endpoint, "/") + "/" + strings.Repeat("a", 26) }
	return []rule{
		{"core: HEAD says the offset, also 0", with(10, "", func(p *peer, target string) error { return p.at(target, 0) })},
		{"core: HEAD says the length", with(10, "abc", func(p *peer, target string) error {
			h, err := p.expect(found, "HEAD", target, nil)
			return errors.Join(err, field(h, "Upload-Length", "10"), field(h, "Upload-Offset", "3"))
		})},
		{"core: HEAD is not cached", with(10, "", func(p *peer, target string) error {
			h, err := p.expect(found, "HEAD", target, nil)
			return errors.Join(err, field(h, "Cache-Control", "no-store"))
		})},
		{"core: HEAD of nothing has no offset", func(p *peer) error {
			h, err := p.expect(missing, "HEAD", nowhere(p), nil)
			return errors.Join(err, field(h, "Upload-Offset", ""))
		}},
		{"core: PATCH of nothing is refused", func(p *peer) error {
			h, err := p.expect(missing, "PATCH", nowhere(p), strings.NewReader("x"), "Content-Type", offsetType, "Upload-Offset", "0")
			return errors.Join(err, field(h, "Upload-Offset", ""))
		}},
		{"core: PATCH says the new offset", with(10, "", func(p *peer, target string) error {
			h, err := p.patch(target, 0, "abcd")
			return errors.Join(err, field(h, "Upload-Offset", "4"), p.at(target, 4))
		})},
		{"core: PATCH goes on where it stopped", with(10, "abc", func(p *peer, target string) error {
			h, err := p.patch(target, 3, "defghij")
			return errors.Join(err, field(h, "Upload-Offset", "10"), p.at(target, 10))
		})},
		{"core: PATCH of no bytes changes nothing", with(10, "abc", func(p *peer, target string) error {
			h, err := p.patch(target, 3, "")
			return errors.Join(err, field(h, "Upload-Offset", "3"), p.at(target, 3))
		})},
		{"core: PATCH without a length of its body", with(10, "abc", func(p *peer, target string) error {
			h, err := p.expect(patched, "PATCH", target, io.MultiReader(strings.NewReader("de"), strings.NewReader("f")), "Content-Type", offsetType, "Upload-Offset", "3")
			return errors.Join(err, field(h, "Upload-Offset", "6"), p.at(target, 6))
		})},
		{"core: PATCH at a lower offset is a conflict", refuses([]int{409}, "PATCH", "x", "Upload-Offset", "2")},
		{"core: PATCH at a higher offset is a conflict", refuses([]int{409}, "PATCH", "x", "Upload-Offset", "4")},
		{"core: PATCH without an offset is refused", refuses(refused, "PATCH", "x", "Upload-Offset", "")},
		{"core: PATCH at a negative offset is refused", refuses(refused, "PATCH", "x", "Upload-Offset", "-3")},
		{"core: PATCH at an offset that is no number is refused", refuses(refused, "PATCH", "x", "Upload-Offset", "3x")},
		{"core: PATCH of another media type is refused", refuses(refused, "PATCH", "x", "Content-Type", "text/plain")},
		{"core: PATCH of another media type is 415", refuses([]int{415}, "PATCH", "x", "Content-Type", "text/plain")},
		{"core: PATCH of more than the length is refused", with(10, "abc", func(p *peer, target string) error {
			_, err := p.expect(refused, "PATCH", target, strings.NewReader("12345678"), "Content-Type", offsetType, "Upload-Offset", "3")
			at, herr := p.offset(target)
			if herr == nil && at > 10 {
				herr = fmt.Errorf("offset %d", at)
			}
			return errors.Join(err, herr)
		})},
		{"core: what came before a cut stays", with(1<<20, "", interrupted)},
		{"core: answers say the version", with(10, "", func(p *peer, target string) error {
			h, err := p.expect(found, "HEAD", target, nil)
			g, gerr := p.patch(target, 0, "a")
			f, ferr := p.expect([]int{409}, "PATCH", target, strings.NewReader("x"), "Content-Type", offsetType, "Upload-Offset", "0")
			return errors.Join(err, gerr, ferr, field(h, "Tus-Resumable", "1.0.0"), field(g, "Tus-Resumable", "1.0.0"), field(f, "Tus-Resumable", "1.0.0"))
		})},
		{"core: PATCH of another version is 412", refuses([]int{412}, "PATCH", "x", "Tus-Resumable", "0.2.2")},
		{"core: PATCH of no version is 412", refuses([]int{412}, "PATCH", "x", "Tus-Resumable", "")},
		{"core: 412 says the versions", func(p *peer) error {
			h, err := p.expect([]int{412}, "POST", p.endpoint, nil, "Upload-Length", "1", "Tus-Resumable", "9.9.9", "Upload-Metadata", p.metadata)
			return errors.Join(err, field(h, "Tus-Version", "1.0.0"))
		}},
		{"core: OPTIONS says versions and extensions", func(p *peer) error {
			h, err := p.expect(found, "OPTIONS", p.endpoint, nil, "Tus-Resumable", "")
			for _, name := range []string{"creation", "creation-with-upload", "termination", "concatenation"} {
				if !strings.Contains(","+h.Get("Tus-Extension")+",", ","+name+",") {
					err = errors.Join(err, fmt.Errorf("Tus-Extension %q lacks %s", h.Get("Tus-Extension"), name))
				}
			}
			return errors.Join(err, field(h, "Tus-Version", "1.0.0"))
		}},
		{"core: X-HTTP-Method-Override is the method", with(10, "", func(p *peer, target string) error {
			_, err := p.expect(patched, "POST", target, strings.NewReader("abc"), "X-HTTP-Method-Override", "PATCH", "Content-Type", offsetType, "Upload-Offset", "0")
			return errors.Join(err, p.at(target, 3))
		})},
	}
}

// interrupted cuts a PATCH and continues at the offset that the server returns.
func interrupted(p *peer, target string) error {
	content := noise(1 << 20)
	body := io.MultiReader(bytes.NewReader(content[:700_000]), readerFunc(func([]byte) (int, error) { return 0, errors.New("cut") }))
	if _, err := p.exchange("PATCH", target, body, "Content-Type", offsetType, "Upload-Offset", "0"); err == nil {
		return errors.New("a cut request was answered")
	}
	// The server may process the cut request after the next one, which then fails;
	// clients try again.
	var err error
	for try := range 5 {
		at, herr := p.offset(target)
		if try > 0 && at == len(content) {
			return nil // only the answer to the last try was lost
		}
		if herr != nil || at > 700_000 {
			return errors.Join(herr, fmt.Errorf("offset %d", at))
		}
		var h http.Header
		if h, err = p.patch(target, at, string(content[at:])); err == nil {
			return field(h, "Upload-Offset", strconv.Itoa(len(content)))
		}
	}
	return err
}
