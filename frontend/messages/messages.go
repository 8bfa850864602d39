// Package messages reads the page's message files, for the texts that the window
// shows outside its page: the tray and notifications.
package messages

import (
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

//go:embed en.json de.json
var files embed.FS

// Catalog has the texts of one language by key.
type Catalog map[string]message

// Inputs are the values that replace {names} in a text.
type Inputs map[string]any

// message is a text. A text with a plural has two forms.
type message struct {
	count string // the input that selects the form; "" for a text without a plural
	one   string // the form for 1
	other string
}

var (
	english = sync.OnceValue(func() Catalog { return load("en.json") })
	german  = sync.OnceValue(func() Catalog { return load("de.json") })
)

// In returns the texts of a language: de, or English for any other.
func In(language string) Catalog {
	if language == "de" {
		return german()
	}
	return english()
}

// Text returns a text with its inputs filled in. It returns the key when there is
// no such text.
func (c Catalog) Text(key string, inputs Inputs) string {
	m, ok := c[key]
	if !ok {
		return key
	}
	text := m.other
	if m.count != "" && inputs[m.count] == 1 {
		text = m.one
	}
	pairs := make([]string, 0, 2*len(inputs))
	for name, value := range inputs {
		pairs = append(pairs, "{"+name+"}", fmt.Sprint(value))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// load reads a message file. The files are part of the program, so a broken one is
// a mistake of the build.
func load(name string) Catalog {
	raw, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	var c Catalog
	if err := json.Unmarshal(raw, &c); err != nil {
		panic(fmt.Sprintf("read the messages in %s: %v", name, err))
	}
	return c
}

// plural is the declaration of a plural, such as "local count = n: plural".
var plural = regexp.MustCompile(`^local (\w+) = (\w+): plural$`)

// UnmarshalJSON reads a text, or the forms of one plural. It leaves other kinds of
// messages empty: only the page uses them.
func (m *message) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, &m.other)
	}
	var variants []struct {
		Declarations []string          `json:"declarations"`
		Match        map[string]string `json:"match"`
	}
	if err := json.Unmarshal(raw, &variants); err != nil {
		return err
	}
	for _, v := range variants {
		for _, declaration := range v.Declarations {
			if p := plural.FindStringSubmatch(declaration); p != nil {
				m.count, m.one, m.other = p[2], v.Match[p[1]+"=one"], v.Match[p[1]+"=other"]
			}
		}
	}
	return nil
}
