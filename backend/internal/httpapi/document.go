package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2/yaml"

	"handover/backend/api"
	"handover/backend/order"
)

// document is a description of the interface as JSON.
type document map[string]any

// publish makes the description that clients get out of huma's: with tags,
// examples, all codes and events, and answers that may get new fields.
func (s *Server) publish(huma []byte) (document, error) {
	var d document
	if err := json.Unmarshal(huma, &d); err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	at := s.PublicURL
	if at == "" {
		at = "/"
	}
	d["servers"] = []any{document{"url": at}}
	d["tags"] = groupTags
	for path, item := range d.object("paths") {
		for _, operation := range item.(map[string]any) {
			complete(operation.(map[string]any), path)
		}
	}
	if hook := d.object("webhooks").object("order").object("post"); len(hook) > 0 {
		hook["tags"], hook["security"] = []string{"webhooks"}, []any{}
	}
	d.enumerate()
	d.openAnswers()
	return d, nil
}

// object returns an object in a document, an empty one when it is missing.
func (d document) object(name string) document {
	o, _ := d[name].(map[string]any)
	return o
}

func complete(operation document, path string) {
	operation["tags"] = []string{tagOf(path)}
	if operation["security"] == nil {
		operation["security"] = []any{} // nothing has to be sent
	}
	id, _ := operation["operationId"].(string)
	body := operation.object("requestBody").object("content").object("application/json")
	if example := examples[id]; example != "" && body != nil {
		body["example"] = json.RawMessage(example)
	}
}

// enumerate names all codes of problems and all kinds of events and actions.
func (d document) enumerate() {
	schemas := d.object("components").object("schemas")
	var notices []string
	for _, t := range order.EventTypes() {
		notices = append(notices, api.NoticeType(t))
	}
	for _, e := range []struct {
		schema, property string
		values           any
	}{
		{"Problem", "code", problemCodes()}, {"Event", "type", order.EventTypes()}, {"Notice", "type", notices},
	} {
		schemas.object(e.schema).object("properties").object(e.property)["enum"] = e.values
	}
	schemas.object("Order").object("properties").object("allowed").object("items")["enum"] = order.Actions()
}

// openAnswers allows fields that are not described in everything that is ever an
// answer, since later versions add some. Bodies of requests stay closed.
func (d document) openAnswers() {
	schemas := d.object("components").object("schemas")
	answers := map[string]bool{}
	mark(d.object("webhooks"), schemas, answers)
	for _, item := range d.object("paths") {
		for _, operation := range item.(map[string]any) {
			mark(document(operation.(map[string]any))["responses"], schemas, answers)
		}
	}
	for name := range answers {
		if s := schemas.object(name); s["additionalProperties"] == false {
			delete(s, "additionalProperties")
		}
	}
}

// mark notes the schemas that a part of the document refers to.
func mark(part any, schemas document, found map[string]bool) {
	switch p := part.(type) {
	case document:
		mark(map[string]any(p), schemas, found)
	case map[string]any:
		for key, value := range p {
			if ref, ok := value.(string); ok && key == "$ref" {
				name := strings.TrimPrefix(ref, "#/components/schemas/")
				if !found[name] {
					found[name] = true
					mark(schemas[name], schemas, found)
				}
				continue
			}
			mark(value, schemas, found)
		}
	case []any:
		for _, value := range p {
			mark(value, schemas, found)
		}
	}
}

// problemCodes are all codes that a problem can have: the domain's, the
// interface's own, and those of the protocol for uploads.
func problemCodes() []string {
	codes := slices.Clone(ownCodes)
	for code := range statuses {
		codes = append(codes, string(code))
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// ownCodes are those that are not the domain's.
var ownCodes = []string{
	"body_too_large", "cross_site", "internal", "method_not_allowed", "unavailable",
	"ambiguous_upload_length", "connection_reset", "invalid_concat", "invalid_content_type", "invalid_offset", "invalid_upload_length",
	"invalid_upload_length_defer", "length_required", "lock_timeout", "mismatched_offset", "modify_final", "not_implemented", "part_missing",
	"disk_full", "quota_exceeded", "read_timeout", "server_shutdown", "unauthorized", "unexpected_eof", "unsupported_version", "upload_damaged", "upload_interrupted",
	"upload_locked", "upload_not_finished", "upload_not_found", "upload_rejected", "upload_size_exceeded", "upload_stopped",
}

// descriptions are the published forms, by the path at which they are.
func (s *Server) descriptions() (map[string][]byte, error) {
	whole, err := s.api.OpenAPI().MarshalJSON()
	if err != nil {
		return nil, err
	}
	older, err := s.api.OpenAPI().Downgrade()
	if err != nil {
		return nil, err
	}
	forms := map[string][]byte{}
	for path, raw := range map[string][]byte{"/openapi.json": whole, "/openapi-3.0.json": older} {
		d, err := s.publish(raw)
		if err != nil {
			return nil, err
		}
		if path == "/openapi-3.0.json" {
			delete(d, "webhooks") // 3.0 has no place for them
		}
		if forms[path], err = json.MarshalIndent(d, "", "  "); err != nil {
			return nil, err
		}
	}
	var text bytes.Buffer
	if err := yaml.Convert(&text, bytes.NewReader(forms["/openapi.json"])); err != nil {
		return nil, err
	}
	forms["/openapi.yaml"] = text.Bytes()
	return forms, nil
}

// serveDescriptions publishes the description, and a page for people with it. It
// is the same for the life of the server, and is made when first asked for,
// because few servers are ever asked.
func (s *Server) serveDescriptions() {
	forms := sync.OnceValues(s.descriptions)
	page := sync.OnceValues(func() ([]byte, error) {
		d, err := forms()
		if err != nil {
			return nil, err
		}
		return renderDocs(d["/openapi.json"])
	})
	serve := func(path, kind, policy string, content func() ([]byte, error)) {
		s.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			raw, err := content()
			if err != nil {
				s.Log.Error("describe the interface", "error", err)
				writeProblem(w, newProblem(http.StatusInternalServerError, "internal", "the description cannot be made: "+err.Error()))
				return
			}
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Content-Security-Policy", policy)
			w.Write(raw)
		})
	}
	for path, kind := range map[string]string{
		"/openapi.json": "application/openapi+json", "/openapi-3.0.json": "application/openapi+json", "/openapi.yaml": "application/openapi+yaml",
	} {
		serve(path, kind, nothingActs, func() ([]byte, error) {
			d, err := forms()
			return d[path], err
		})
	}
	serve("/docs", "text/html; charset=utf-8", docsPolicy(), page)
}
