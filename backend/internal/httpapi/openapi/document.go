package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/yaml"

	"handover/backend/api"
	"handover/backend/internal/httpapi/problem"
	"handover/backend/order"
)

// document is a description of the interface as JSON.
type document map[string]any

// publish turns huma's description into the published one: with tags, examples,
// all codes and events, and answers that may get new fields.
func publish(raw []byte, publicURL string) (document, error) {
	var d document
	if err := json.Unmarshal(raw, &d); err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	at := publicURL
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
		operation["security"] = []any{} // no sign-in
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
		{"Problem", "code", problem.Codes()}, {"Event", "type", order.EventTypes()}, {"Notice", "type", notices},
	} {
		schemas.object(e.schema).object("properties").object(e.property)["enum"] = e.values
	}
	schemas.object("Order").object("properties").object("allowed").object("items")["enum"] = order.Actions()
}

// openAnswers allows undescribed fields in all answers, because later versions
// add some. Bodies of requests stay closed.
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

// mark adds to found the schemas that a part of the document refers to.
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

// docsPath is the path of the page for people.
const docsPath = "/docs"

// Forms returns the published forms of the description, by their paths.
func Forms(api huma.API, publicURL string) (map[string][]byte, error) {
	whole, err := api.OpenAPI().MarshalJSON()
	if err != nil {
		return nil, err
	}
	older, err := api.OpenAPI().Downgrade()
	if err != nil {
		return nil, err
	}
	forms := map[string][]byte{}
	for path, raw := range map[string][]byte{"/openapi.json": whole, "/openapi-3.0.json": older} {
		d, err := publish(raw, publicURL)
		if err != nil {
			return nil, err
		}
		if path == "/openapi-3.0.json" {
			delete(d, "webhooks") // not in OpenAPI 3.0
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

// Serve publishes the description, and a page for people with it. Both are made
// at the first request, because few servers ever get one, and stay the same for
// the life of the server.
func Serve(routes *http.ServeMux, api huma.API, publicURL string, log *slog.Logger) {
	forms := sync.OnceValues(func() (map[string][]byte, error) { return Forms(api, publicURL) })
	page := sync.OnceValues(func() ([]byte, error) {
		d, err := forms()
		if err != nil {
			return nil, err
		}
		return renderDocs(d["/openapi.json"])
	})
	serve := func(path, kind string, content func() ([]byte, error)) {
		routes.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			raw, err := content()
			if err != nil {
				log.Error("describe the interface", "error", err)
				problem.Write(w, problem.New(http.StatusInternalServerError, "internal", "the description cannot be made: "+err.Error()))
				return
			}
			w.Header().Set("Content-Type", kind)
			if path == docsPath {
				w.Header().Set("Content-Security-Policy", docsPolicy())
			}
			w.Write(raw)
		})
	}
	for path, kind := range map[string]string{
		"/openapi.json": "application/openapi+json", "/openapi-3.0.json": "application/openapi+json", "/openapi.yaml": "application/openapi+yaml",
	} {
		serve(path, kind, func() ([]byte, error) {
			d, err := forms()
			return d[path], err
		})
	}
	serve(docsPath, "text/html; charset=utf-8", page)
}
