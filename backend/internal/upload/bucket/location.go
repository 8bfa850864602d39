package bucket

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Location is a bucket of a service that speaks S3. The keys come from the
// environment, where AWS's own programs find them (AWS_ACCESS_KEY_ID and so on).
type Location struct {
	Name     string
	Prefix   string // of all keys, without a slash at its end; "" for none
	Endpoint string // "" for AWS's endpoint of the region
	Region   string // "" for the region of the environment
	// Temp bounds the bytes that wait in temporary files to be sent to the bucket; 0
	// for no bound.
	Temp int64
}

// String returns the address without the endpoint and the region.
func (b Location) String() string {
	return strings.TrimSuffix("s3://"+b.Name+"/"+b.Prefix, "/")
}

// Parse reads an address such as
// s3://BUCKET/PREFIX?endpoint=https://s3.example.org&region=eu-central-1.
// Its errors do not repeat the address, which may contain secrets.
func Parse(address string) (Location, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "s3" || u.Host == "" || u.Port() != "" || u.Opaque != "" || u.Fragment != "":
		return Location{}, errors.New("the storage is not an address such as s3://bucket/prefix?endpoint=https://s3.example.org&region=eu-central-1")
	case u.User != nil:
		return Location{}, errors.New("the keys of the storage come from the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), not from its address")
	}
	b := Location{Name: u.Host, Prefix: strings.Trim(u.Path, "/")}
	for part := range strings.SplitSeq(b.Prefix, "/") {
		if b.Prefix != "" && (part == "" || part == "." || part == "..") {
			return Location{}, errors.New("the prefix in the storage's address has an empty part, or a part of dots only")
		}
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Location{}, errors.New("the query (after ?) of the storage's address is invalid")
	}
	for name, values := range query {
		switch {
		case len(values) != 1:
			return Location{}, fmt.Errorf("%q appears twice in the storage's address", name)
		case name == "endpoint":
			b.Endpoint = values[0]
		case name == "region":
			b.Region = values[0]
		default:
			return Location{}, errors.New("the storage's address has a setting other than endpoint and region")
		}
	}
	if b.Endpoint != "" {
		e, err := url.Parse(b.Endpoint)
		if err != nil || e.Scheme != "http" && e.Scheme != "https" || e.Host == "" || e.User != nil || e.RawQuery != "" {
			return Location{}, errors.New("the endpoint of the storage is not an address such as https://s3.example.org")
		}
	}
	return b, nil
}
