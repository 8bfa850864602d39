package desk

import (
	"fmt"
	"path"
	"path/filepath"

	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/standin"
	"handover/backend/order"
)

// away is the fault of a file of which only a placeholder is here.
func placeholderFault(p standin.Placeholder) *problem.Error {
	return &problem.Error{Code: problem.CodePlaceholder, Message: p.Message()}
}

// requireContent refuses a draft with a file of which only a placeholder is
// here, whatever was uploaded before: it may stand for a newer version.
func requireContent(dr draft.Draft) error {
	for _, f := range dr.Files {
		if f.Source == "" {
			continue
		}
		if p, found := standin.Look(f.Source); found {
			return &problem.Error{Code: problem.CodePlaceholder, Message: fmt.Sprintf("%s: %s", f.Path, p.Message())}
		}
	}
	return nil
}

// addPlaceholder takes a file of which only a placeholder is here: under its
// own name, and as a problem, so that it is not forgotten. It reports whether
// the file is one.
func (c *collector) addPlaceholder(source, name string) bool {
	real, _ := standin.RealName(filepath.Base(source))
	source, name = filepath.Join(filepath.Dir(source), real), path.Join(path.Dir(name), real)
	p, found := standin.Look(source)
	if !found {
		return false
	}
	if err := order.CheckPath(name); err != nil {
		c.refuse(source, err)
		return true
	}
	name = foldersync.FreeName(name, func(name string) bool {
		old, ok := c.taken[name]
		return !ok || old.Source == source || old.Origin == draft.FromDelivery // which it replaces
	})
	f := draft.File{Path: name, Source: source}
	if old, ok := c.taken[name]; ok && old.Source == source {
		f = old
		f.Doubt(draft.Problem)
	}
	f.State, f.Fault = draft.Problem, draft.Fault{Code: problem.CodePlaceholder, Message: p.Message()}
	c.taken[name] = f
	c.files = append(c.files, f)
	return true
}
