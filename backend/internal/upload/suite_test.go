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
	metadata string      // Upload-Metadata that the server lets in
	client   *http.Client
}

// rule is one thing that the protocol demands. check returns what is wrong.
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

// expect is exchange with the status that the answer must have, one of several.
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

// create makes an upload and returns where it is.
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

// offset asks where an upload stands.
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

// with makes an upload of so many bytes, of which the content is there, and
// hands it on.
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

// refuses asserts that a request is refused with one of the statuses and the
// upload stays where it is.
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

// interrupted cuts a PATCH and goes on from what the server says.
func interrupted(p *peer, target string) error {
	content := noise(1 << 20)
	body := io.MultiReader(bytes.NewReader(content[:700_000]), readerFunc(func([]byte) (int, error) { return 0, errors.New("cut") }))
	if _, err := p.exchange("PATCH", target, body, "Content-Type", offsetType, "Upload-Offset", "0"); err == nil {
		return errors.New("a cut request was answered")
	}
	// The server may notice the cut after this HEAD was sent, so the offset is
	// any that it has acknowledged; it must be good to go on from.
	at, err := p.offset(target)
	if err != nil || at > 700_000 {
		return fmt.Errorf("offset %d, %w", at, errors.Join(err))
	}
	h, err := p.patch(target, at, string(content[at:]))
	return errors.Join(err, field(h, "Upload-Offset", strconv.Itoa(len(content))))
}

func creationRules() []rule {
	return []rule{
		{"creation: 201 with a Location", func(p *peer) error {
			target, err := p.create(10)
			if err != nil {
				return err
			}
			return p.at(target, 0)
		}},
		{"creation: each upload is its own", func(p *peer) error {
			a, aerr := p.create(10)
			b, berr := p.create(10)
			_, perr := p.patch(a, 0, "abc")
			return errors.Join(aerr, berr, perr, p.at(a, 3), p.at(b, 0))
		}},
		{"creation: an empty file is whole", with(0, "", func(p *peer, target string) error { return p.at(target, 0) })},
		{"creation: more than Tus-Max-Size is 413", func(p *peer) error {
			h, err := p.expect(found, "OPTIONS", p.endpoint, nil, "Tus-Resumable", "")
			if err != nil {
				return err
			}
			most, err := strconv.Atoi(h.Get("Tus-Max-Size"))
			if err != nil {
				return fmt.Errorf("Tus-Max-Size: %w", err)
			}
			_, err = p.expect([]int{413}, "POST", p.endpoint, nil, "Upload-Length", strconv.Itoa(most+1), "Upload-Metadata", p.metadata)
			_, ok := p.create(most)
			return errors.Join(err, ok)
		}},
		{"creation: no length is refused", creationRefused("Upload-Length", "")},
		{"creation: a negative length is refused", creationRefused("Upload-Length", "-1")},
		{"creation: a length that is no number is refused", creationRefused("Upload-Length", "1x")},
		{"creation: deferring the length to anything but 1 is refused", creationRefused("Upload-Length", "", "Upload-Defer-Length", "2")},
		{"creation: a length and none at once is refused", creationRefused("Upload-Length", "1", "Upload-Defer-Length", "1")},
		{"creation: HEAD says the metadata", with(10, "", func(p *peer, target string) error {
			h, err := p.expect(found, "HEAD", target, nil)
			got := pairs(h.Get("Upload-Metadata"))
			for k, v := range pairs(p.metadata) {
				if got[k] != v {
					err = errors.Join(err, fmt.Errorf("%s is %q, want %q", k, got[k], v))
				}
			}
			return err
		})},
		{"creation: HEAD says metadata that means nothing to the server", func(p *peer) error {
			target, err := p.create(10, "Upload-Metadata", p.metadata+",colour Ymx1ZQ==,flag")
			if err != nil {
				return err
			}
			h, err := p.expect(found, "HEAD", target, nil)
			got := pairs(h.Get("Upload-Metadata"))
			if _, ok := got["flag"]; !ok || got["colour"] != "blue" {
				err = errors.Join(err, fmt.Errorf("metadata %v", got))
			}
			return err
		}},
		{"creation-with-upload: the offset is in the answer", func(p *peer) error {
			h, err := p.expect(created, "POST", p.endpoint, strings.NewReader("abc"), "Upload-Length", "10", "Upload-Metadata", p.metadata, "Content-Type", offsetType)
			if err != nil {
				return err
			}
			return errors.Join(field(h, "Upload-Offset", "3"), p.at(h.Get("Location"), 3))
		}},
		{"creation-with-upload: the whole file at once", func(p *peer) error {
			h, err := p.expect(created, "POST", p.endpoint, strings.NewReader("abcdefghij"), "Upload-Length", "10", "Upload-Metadata", p.metadata, "Content-Type", offsetType)
			if err != nil {
				return err
			}
			return errors.Join(field(h, "Upload-Offset", "10"), p.at(h.Get("Location"), 10))
		}},
		{"creation-with-upload: more than the length is refused", func(p *peer) error {
			_, err := p.expect(refused, "POST", p.endpoint, strings.NewReader("abc"), "Upload-Length", "2", "Upload-Metadata", p.metadata, "Content-Type", offsetType)
			return err
		}},
	}
}

func creationRefused(header ...string) func(*peer) error {
	return func(p *peer) error {
		_, err := p.expect(refused, "POST", p.endpoint, nil, append([]string{"Upload-Metadata", p.metadata}, header...)...)
		return err
	}
}

func terminationRules() []rule {
	gone := func(p *peer, target string) error {
		_, err := p.expect(patched, "DELETE", target, nil)
		h, herr := p.expect([]int{404, 410}, "HEAD", target, nil)
		_, perr := p.expect([]int{404, 410}, "PATCH", target, strings.NewReader("x"), "Content-Type", offsetType, "Upload-Offset", "3")
		_, derr := p.expect([]int{404, 410}, "DELETE", target, nil)
		return errors.Join(err, herr, perr, derr, field(h, "Upload-Offset", ""))
	}
	return []rule{
		{"termination: an unfinished upload", with(10, "abc", gone)},
		{"termination: a finished upload", with(3, "abc", gone)},
	}
}

func concatenationRules() []rule {
	return []rule{
		{"concatenation: HEAD of a part", func(p *peer) error {
			target, err := p.create(3, "Upload-Concat", "partial")
			if err != nil {
				return err
			}
			h, err := p.expect(found, "HEAD", target, nil)
			return errors.Join(err, field(h, "Upload-Concat", "partial"), field(h, "Upload-Offset", "0"), field(h, "Upload-Length", "3"))
		}},
		{"concatenation: the length is that of the parts", joined(func(p *peer, target string, _ []string) error {
			h, err := p.expect(found, "HEAD", target, nil)
			return errors.Join(err, field(h, "Upload-Length", "6"), field(h, "Upload-Offset", "6"))
		})},
		{"concatenation: HEAD of the whole names the parts", joined(func(p *peer, target string, parts []string) error {
			h, err := p.expect(found, "HEAD", target, nil)
			list, ok := strings.CutPrefix(h.Get("Upload-Concat"), "final;")
			got := strings.Fields(list)
			for i, part := range parts {
				if !ok || len(got) != len(parts) || !strings.HasSuffix(got[i], part[strings.LastIndexByte(part, '/'):]) {
					return fmt.Errorf("Upload-Concat is %q, want %q", h.Get("Upload-Concat"), parts)
				}
			}
			return err
		})},
		{"concatenation: PATCH of the whole is 403", joined(func(p *peer, target string, _ []string) error {
			_, err := p.expect([]int{403}, "PATCH", target, strings.NewReader("x"), "Content-Type", offsetType, "Upload-Offset", "6")
			return errors.Join(err, p.at(target, 6))
		})},
		{"concatenation: neither partial nor final is refused", creationRefused("Upload-Length", "1", "Upload-Concat", "some")},
		{"concatenation: no parts is refused", creationRefused("Upload-Concat", "final;")},
		{"concatenation: a part that is not there is refused", func(p *peer) error {
			_, err := p.expect(refused, "POST", p.endpoint, nil, "Upload-Metadata", p.metadata,
				"Upload-Concat", "final;"+strings.TrimSuffix(p.endpoint, "/")+"/"+strings.Repeat("a", 26))
			return err
		}},
		{"concatenation: an upload that is no part is refused", with(3, "abc", func(p *peer, target string) error {
			_, err := p.expect(refused, "POST", p.endpoint, nil, "Upload-Metadata", p.metadata, "Upload-Concat", "final;"+target)
			return err
		})},
	}
}

// joined puts two parts together, by their addresses as they were given, and
// hands the whole on.
func joined(check func(p *peer, target string, parts []string) error) func(*peer) error {
	return func(p *peer) error {
		var parts []string
		for _, content := range []string{"abc", "def"} {
			target, err := p.create(3, "Upload-Concat", "partial")
			if err == nil {
				_, err = p.patch(target, 0, content)
			}
			if err != nil {
				return err
			}
			parts = append(parts, target)
		}
		h, err := p.expect(created, "POST", p.endpoint, nil, "Upload-Metadata", p.metadata, "Upload-Concat", "final;"+strings.Join(parts, " "))
		if err != nil {
			return err
		}
		return check(p, h.Get("Location"), parts)
	}
}
