package httpapi

import (
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// fieldOf names the value that a refusal of huma is about as our own refusals
// do: "limit" and "buyer.email", where huma says "query.limit" and, of what is
// missing, only "body.buyer" and the rest in the message.
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
