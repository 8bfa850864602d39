package upload_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

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
