package httpapi

import (
	"fmt"
	"strconv"
	"strings"

	"handover/backend/api"
	"handover/backend/order"
)

// ActionPath is the part of a request that changes an order. It is exported
// for huma, see [OrderPath].
type ActionPath struct {
	OrderPath
	IfMatch string `header:"If-Match" maxLength:"1000" doc:"the ETag of the order as the asker knows it; refused with stale_version when somebody has changed the order since"`
}

// etag names a state of the order: its version, and the parts of the answer that
// change without a new version.
func etag(o api.Order) string {
	tag := "v" + strconv.Itoa(o.Version)
	if o.Late {
		tag += "-late"
	}
	if o.Payment.Status == order.Cleared {
		tag += "-cleared"
	}
	if n := readings(o); n > 0 {
		tag += "-read" + strconv.Itoa(n)
	}
	return `"` + tag + `"`
}

// readings counts the views and downloads in the answer, which only grow. Answers to
// the buyer have none.
func readings(o api.Order) (n int) {
	for _, d := range o.Deliveries {
		for _, read := range []bool{d.OpenedAt != nil, d.ArchiveDownloadedAt != nil} {
			if read {
				n++
			}
		}
		for _, f := range d.Files {
			if !f.DownloadedAt.IsZero() {
				n++
			}
		}
	}
	return n
}

// tags splits the value of If-Match or If-None-Match (RFC 9110, 13.1). Our tags
// need no more of its grammar. A proxy that compresses answers makes a tag weak,
// which does not matter here.
func tags(header string) []string {
	var list []string
	for tag := range strings.SplitSeq(header, ",") {
		list = append(list, strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`))
	}
	return list
}

// checkVersion refuses with Stale unless a tag has the version.
// No tags, and "*", match every order.
func checkVersion(ifMatch string, version int) error {
	if strings.TrimSpace(ifMatch) == "" {
		return nil
	}
	for _, tag := range tags(ifMatch) {
		number, _, _ := strings.Cut(tag, "-")
		if tag == "*" || number == "v"+strconv.Itoa(version) {
			return nil
		}
	}
	return &order.Error{
		Code: order.Stale, Version: version,
		Message: fmt.Sprintf("the order was changed meanwhile: it has version %d; load it again", version),
	}
}
