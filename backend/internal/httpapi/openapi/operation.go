// Package openapi describes the HTTP interface: operations and their texts,
// routes that huma does not serve, and the published forms (OpenAPI 3.1 and 3.0
// as JSON, 3.1 as YAML, and a page for people).
package openapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// maxBody is the size of a request body in bytes, unless a route sets its own.
const maxBody = 64 << 10

// Config returns huma's configuration of the interface.
func Config(version string) huma.Config {
	c := huma.DefaultConfig("Handover", version)
	c.CreateHooks = nil                // no $schema links in answers
	c.DocsPath, c.OpenAPIPath = "", "" // Serve publishes both
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "a seller's session, or the token of a buyer's review link or of a link to look"},
	}
	return c
}

// Operation describes a route, with its text in texts. auth is nil for routes
// that need no sign-in; errors are the statuses of its refusals.
func Operation(method, path, id, summary string, auth huma.Middlewares, errors ...int) huma.Operation {
	o := huma.Operation{
		Method: method, Path: path, OperationID: id, Summary: summary, Description: texts[id],
		Middlewares: auth, Errors: append(errors, http.StatusInternalServerError), MaxBodyBytes: maxBody,
	}
	if auth != nil {
		o.Security = []map[string][]string{{"bearer": {}}}
		o.Errors = append(o.Errors, http.StatusUnauthorized, http.StatusNotFound)
	}
	return o
}

// Complete adds to the description what huma does not know: streams, uploads,
// webhooks, and objects that may be null. It needs all routes of huma.
func Complete(api huma.API) {
	describeStreams(api.OpenAPI())
	describeUploads(api.OpenAPI())
	describeWebhooks(api.OpenAPI())
	describeNull(api.OpenAPI())
}

// describeNull declares the objects that may be null, for which huma has no tag.
func describeNull(d *huma.OpenAPI) {
	properties := d.Components.Schemas.Map()["Order"].Properties
	for _, name := range []string{"cancellation", "change_request"} {
		properties[name] = &huma.Schema{AnyOf: []*huma.Schema{properties[name], {Type: "null"}}}
	}
}
