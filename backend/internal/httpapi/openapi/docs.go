package openapi

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"slices"
	"strings"
)

//go:embed docs.html
var docsSource string

//go:embed docs.css
var docsStyle string

// docsPolicy allows the page for people its own style, and nothing else.
func docsPolicy() string {
	sum := sha256.Sum256([]byte(docsStyle))
	return "default-src 'none'; frame-ancestors 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

type docsOperation struct {
	Tag, Method, Path, ID, Summary, Description, Example string
	Public                                               bool
	Parameters                                           []docsParameter
	Body, Answers                                        []string
}

type docsParameter struct {
	Name, In, Description string
	Required              bool
}

// renderDocs returns the description as one page for people. The page loads and
// runs nothing.
func renderDocs(description []byte) ([]byte, error) {
	var d document
	if err := json.Unmarshal(description, &d); err != nil {
		return nil, err
	}
	groups := map[string][]docsOperation{}
	for path, item := range d.object("paths") {
		for method, o := range item.(map[string]any) {
			op := docsOf(o.(map[string]any), method, path)
			groups[op.Tag] = append(groups[op.Tag], op)
		}
	}
	for _, operations := range groups {
		slices.SortFunc(operations, func(a, b docsOperation) int {
			return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
		})
	}
	t, err := template.New("docs").Funcs(template.FuncMap{
		"style":  func() template.CSS { return template.CSS(docsStyle) },
		"pretty": pretty,
	}).Parse(docsSource)
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	err = t.Execute(&page, map[string]any{
		"Info": d["info"], "Tags": d["tags"], "Groups": groups, "Schemas": d.object("components")["schemas"],
	})
	return page.Bytes(), err
}

func docsOf(o document, method, path string) docsOperation {
	op := docsOperation{Method: strings.ToUpper(method), Path: path, Tag: tagOf(path)}
	op.ID, _ = o["operationId"].(string)
	op.Summary, _ = o["summary"].(string)
	op.Description, _ = o["description"].(string)
	security, _ := o["security"].([]any)
	op.Public = len(security) == 0
	parameters, _ := o["parameters"].([]any)
	for _, p := range parameters {
		var q docsParameter
		raw, _ := json.Marshal(p)   // it was JSON
		_ = json.Unmarshal(raw, &q) // and is again
		op.Parameters = append(op.Parameters, q)
	}
	op.Body = refs(o["requestBody"])
	op.Answers = refs(o["responses"])
	if example := o.object("requestBody").object("content").object("application/json")["example"]; example != nil {
		op.Example = pretty(example)
	}
	return op
}

// refs returns the names of the schemas that a part of the document refers to.
func refs(part any) []string {
	found := map[string]bool{}
	mark(part, document{}, found)
	delete(found, "Problem")
	var names []string
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func pretty(v any) string {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return ""
	}
	return string(raw)
}
