//go:build unix

package main_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// at follows a path such as deliveries.0.files through decoded JSON; the part
// * stands for every element of a list, of which there must be one.
func at(v any, path string) ([]any, error) {
	found := []any{v}
	if path == "." {
		return found, nil
	}
	for part := range strings.SplitSeq(path, ".") {
		var next []any
		for _, v := range found {
			switch v := v.(type) {
			case map[string]any:
				field, ok := v[part]
				if !ok {
					return nil, fmt.Errorf("%s: there is no %q", path, part)
				}
				next = append(next, field)
			case []any:
				n, err := strconv.Atoi(part)
				switch {
				case part == "*":
					next = append(next, v...)
				case err == nil && n < len(v):
					next = append(next, v[n])
				}
			}
		}
		if len(next) == 0 {
			return nil, fmt.Errorf("%s: nothing is at %q", path, part)
		}
		found = next
	}
	return found, nil
}

func decode(ts *testscript.TestScript, file string) any {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile(file)))
	d.UseNumber()
	var v any
	ts.Check(d.Decode(&v))
	if d.More() {
		ts.Fatalf("%s has more than one JSON value", file)
	}
	return v
}

// text is a JSON value as a script writes it: strings plain, lists by length.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case []any:
		return fmt.Sprintf("%d elements", len(v))
	default:
		return fmt.Sprint(v)
	}
}

// jsonCommand is `json FILE PATH VALUE`, which compares, or `json FILE PATH
// > NAME`, which sets an environment variable.
func jsonCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 4 && args[2] == ">" && !neg {
		found, err := at(decode(ts, args[0]), args[1])
		ts.Check(err)
		ts.Setenv(args[3], text(found[0]))
		return
	}
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH VALUE | json FILE PATH > NAME")
	}
	found, err := at(decode(ts, args[0]), args[1])
	ts.Check(err)
	if got := text(found[0]); (got == args[2]) == neg {
		ts.Fatalf("%s is %q", args[1], got)
	}
}

// fieldsCommand is `fields FILE LIST`: each line of LIST names a path and the
// kind of value that must be there: string, number, bool, list, object, time,
// null, or several with | between them. Fields beside these are welcome.
func fieldsCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fields FILE LIST")
	}
	v := decode(ts, args[0])
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		path, kinds, _ := strings.Cut(strings.TrimSpace(line), " ")
		if path == "" {
			continue
		}
		found, err := at(v, path)
		ts.Check(err)
		for _, f := range found {
			if !isKind(f, strings.TrimSpace(kinds)) {
				ts.Fatalf("%s is %#v and not %s", path, f, kinds)
			}
		}
	}
}

func isKind(v any, kinds string) bool {
	is := false
	for kind := range strings.SplitSeq(kinds, "|") {
		switch v := v.(type) {
		case nil:
			is = is || kind == "null"
		case string:
			_, err := time.Parse(time.RFC3339, v)
			is = is || kind == "string" || kind == "time" && err == nil
		case json.Number:
			is = is || kind == "number"
		case bool:
			is = is || kind == "bool"
		case []any:
			is = is || kind == "list"
		case map[string]any:
			is = is || kind == "object"
		}
	}
	return is
}

// untilCommand is `until TIME`: waits for a moment of the wall clock, which is
// how a script lets a deadline pass.
func untilCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: until TIME")
	}
	t, err := time.Parse(time.RFC3339, args[0])
	ts.Check(err)
	wait := time.Until(t)
	if wait > patience {
		ts.Fatalf("%s is too far away", args[0])
	}
	time.Sleep(wait)
}
