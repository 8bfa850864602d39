package problem

import (
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"handover/backend/order"
)

// init gives huma's own refusals (a body that does not parse, a value outside
// its schema) the form of ours. huma offers only a variable for this.
func init() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		p := New(status, codeOf(status), message)
		var details []string
		for _, err := range errs {
			var own *Problem
			if errors.As(err, &own) { // from reading the body
				p = New(own.Status, own.Code, own.Detail)
			}
			var detail huma.ErrorDetailer
			if errors.As(err, &detail) {
				d := detail.ErrorDetail()
				p.Field = fieldOf(d)
				details = append(details, d.Message+" ("+p.Field+")")
			}
		}
		if len(details) > 0 {
			p.Detail += ": " + strings.Join(details, "; ")
		}
		return p
	}
}

func codeOf(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return string(order.Unauthenticated)
	case http.StatusRequestEntityTooLarge:
		return "body_too_large"
	case http.StatusInternalServerError:
		return "internal"
	default:
		return string(order.Invalid)
	}
}

// fieldOf returns the field of a refusal by huma in the form of our own
// refusals: "limit" for "query.limit". For a missing property huma's location
// names only the parent ("body.buyer"); the property is in the message.
func fieldOf(d *huma.ErrorDetail) string {
	source, field, _ := strings.Cut(d.Location, ".")
	switch source {
	case "body", "query", "path", "header", "cookie":
	default:
		field = d.Location
	}
	if rest, ok := strings.CutPrefix(d.Message, "expected required property "); ok {
		name, _, _ := strings.Cut(rest, " ")
		field = strings.TrimPrefix(field+"."+name, ".")
	}
	return field
}
