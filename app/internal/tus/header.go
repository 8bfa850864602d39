package tus

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// parseOffset parses Upload-Offset and Upload-Length, which are non-negative integers
// (tus 1.0, Headers). It rejects signs, spaces and overflows.
func parseOffset(s string) (int64, bool) {
	n, err := strconv.ParseUint(s, 10, 63)
	return int64(n), err == nil
}

// parseReprDigest returns the SHA-256 in Repr-Digest fields (RFC 9530 section 3, a
// dictionary of byte sequences by RFC 9651) in hexadecimal, or "" without a valid
// value. The last of several values counts (RFC 9651 section 4.2.2).
func parseReprDigest(fields []string) string {
	found := ""
	for member := range strings.SplitSeq(strings.Join(fields, ","), ",") {
		key, value, _ := strings.Cut(strings.Trim(member, " \t"), "=")
		if key != "sha-256" {
			continue
		}
		encoded, ok := strings.CutPrefix(value, ":")
		if !ok {
			continue
		}
		encoded, params, ok := strings.Cut(encoded, ":")
		if !ok || (params != "" && params[0] != ';' && params[0] != ' ') {
			continue
		}
		// RFC 9651 asks parsers to accept missing padding.
		sum, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
		if err != nil || len(sum) != sha256.Size {
			continue
		}
		found = hex.EncodeToString(sum)
	}
	return found
}

// resolveLocation returns the upload's URL from a Location field, which may be relative
// to the request's URL (RFC 9110 section 10.2.2). It rejects an origin other than
// base's, because a server could otherwise redirect files and credentials anywhere.
func resolveLocation(base *url.URL, location string) (*url.URL, error) {
	if location == "" {
		return nil, fmt.Errorf("%w: no Location", ErrProtocol)
	}
	ref, err := url.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("%w: Location: %w", ErrProtocol, err)
	}
	u := base.ResolveReference(ref)
	u.Fragment, u.RawFragment = "", ""
	if u.User != nil || u.Opaque != "" || origin(u) != origin(base) {
		return nil, fmt.Errorf("%w: %s://%s instead of %s", ErrForeignLocation, u.Scheme, u.Host, origin(base))
	}
	return u, nil
}

// origin returns scheme, host and port as RFC 6454 section 4 compares them.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// encodeMetadata encodes Upload-Metadata (tus 1.0, Creation): sorted keys, each with its
// value in Base64, or alone if the value is empty.
func encodeMetadata(meta map[string]string) (string, error) {
	pairs := make([]string, 0, len(meta))
	for _, key := range slices.Sorted(maps.Keys(meta)) {
		if key == "" || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' || r == ',' }) {
			return "", fmt.Errorf("metadata key %q: only visible ASCII without commas can be sent", key)
		}
		pair := key
		if v := meta[key]; v != "" {
			pair += " " + base64.StdEncoding.EncodeToString([]byte(v))
		}
		pairs = append(pairs, pair)
	}
	return strings.Join(pairs, ","), nil
}
