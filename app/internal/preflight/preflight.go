// Package preflight finds files of a draft that look unfinished. It only warns; the seller
// decides.
package preflight

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"handover/app/internal/standin"
	"handover/app/internal/structure"
)

// Code is a kind of finding.
type Code string

// The kinds of findings.
const (
	UnfinishedName Code = "unfinished_name" // the name contains draft, sample, …
	EmptyFile      Code = "empty_file"
	Missing        Code = "missing"
	Unreadable     Code = "unreadable"
	Changing       Code = "changing"    // written to very recently
	CutShort       Code = "cut_short"   // its end is missing
	Zeros          Code = "zeros"       // zeros in place of content
	Misnamed       Code = "misnamed"    // the content is not of the kind that the name says
	Placeholder    Code = "placeholder" // the content is in a cloud or elsewhere
	Shortcut       Code = "shortcut"    // only a link to another file
	Duplicate      Code = "duplicate"   // the same content as another file
)

// Finding is a sign of unfinished work.
type Finding struct {
	Code Code   `json:"code"`
	Path string `json:"path"`
	// Hint is the word found in the name, the path of the duplicated file, or the kind of
	// the content: zip, mp4, jpeg, html … ("" if unknown). For placeholders and shortcuts
	// it is the service or system that made them.
	Hint string `json:"hint,omitempty"`
}

// String returns the finding in English.
func (f Finding) String() string {
	switch f.Code {
	case UnfinishedName:
		return f.Path + ": its name says “" + f.Hint + "”; is it the finished work?"
	case EmptyFile:
		return f.Path + ": the file is empty"
	case Missing:
		return f.Path + ": the file is no longer there"
	case Unreadable:
		return f.Path + ": the file cannot be read"
	case Changing:
		return f.Path + ": the file was written to just now; is it complete?"
	case CutShort:
		return f.Path + ": the end of this " + strings.ToUpper(f.Hint) + " file is missing; does it open?"
	case Zeros:
		return f.Path + ": it holds zeros where its content should be; does it open?"
	case Misnamed:
		if f.Hint == "" {
			return f.Path + ": its content is not what its name says; does it open?"
		}
		return f.Path + ": its content is " + strings.ToUpper(f.Hint) + ", which is not what its name says"
	case Placeholder:
		return f.Path + ": " + standin.Placeholder{Service: f.Hint}.Message()
	case Shortcut:
		return f.Path + ": a shortcut (" + f.Hint + "); the buyer gets the link, not the file behind it"
	case Duplicate:
		return f.Path + ": the same content as " + f.Hint
	}
	return f.Path + ": " + string(f.Code)
}

// File describes a file of a draft.
type File struct {
	Path   string // as the buyer will see it
	Source string // on this computer
	SHA256 string // of the current content; "" if unknown
}

// rest is the least time since the last write to a finished file.
const rest = 2 * time.Second

// workers is how many files are checked in parallel: mostly they wait for a disk.
var workers = 2 * runtime.GOMAXPROCS(0)

// Check returns the findings, in the order of the files. It compares the times of the last
// writes with now. It reads some kilobytes of each file, and whole files only to detect
// duplicates. It fails only when the context ends.
func Check(ctx context.Context, files []File, now time.Time) ([]Finding, error) {
	inspected := make([]inspection, len(files))
	each(ctx, len(files), func(i int) { inspected[i] = inspect(files[i], now) })
	twins := findTwins(ctx, files, inspected)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	findings := []Finding{}
	for i, f := range files {
		if word := telling(f.Path); word != "" {
			findings = append(findings, Finding{UnfinishedName, f.Path, word})
		}
		if l := inspected[i]; l.code != "" {
			findings = append(findings, Finding{l.code, f.Path, l.hint})
		}
		if twin, found := twins[i]; found {
			findings = append(findings, Finding{Duplicate, f.Path, files[twin].Path})
		}
	}
	return findings, nil
}

// each calls f with the numbers below n, several at a time, until the context ends. It waits
// for the calls.
func each(ctx context.Context, n int, f func(int)) {
	var next atomic.Int64
	var running sync.WaitGroup
	for range min(n, workers) {
		running.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	running.Wait()
}

// inspection is the state of a file on this computer.
type inspection struct {
	code Code // "" if nothing was found
	hint string
	size int64
}

// comparable reports whether the content can be compared with other files'.
func (l inspection) comparable() bool {
	return l.code == "" || l.code == CutShort || l.code == Zeros || l.code == Misnamed
}

// inspect checks the file itself.
func inspect(file File, now time.Time) inspection {
	if p, found := standin.Probe(file.Source); found {
		return inspection{code: Placeholder, hint: p.Service}
	}
	info, err := os.Stat(file.Source)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return inspection{code: Missing}
	case err != nil, !info.Mode().IsRegular(): // opening a pipe would block
		return inspection{code: Unreadable}
	case info.Size() == 0:
		return inspection{code: EmptyFile}
	}
	if age := now.Sub(info.ModTime()); age >= 0 && age < rest {
		return inspection{code: Changing}
	}
	f, err := os.Open(file.Source)
	if err != nil {
		return inspection{code: Unreadable}
	}
	defer f.Close()
	l := inspection{size: info.Size()}
	if kind := standin.Shortcut(file.Path, file.Source); kind != "" {
		l.code, l.hint = Shortcut, kind
		return l
	}
	v, err := structure.Check(f, l.size, path.Base(file.Path))
	if err != nil {
		return inspection{code: Unreadable, size: l.size}
	}
	l.hint = v.Kind
	switch v.Fault {
	case structure.Cut:
		l.code = CutShort
	case structure.Zeros:
		l.code = Zeros
	case structure.Belied:
		l.code = Misnamed
	default:
		l.hint = ""
	}
	return l
}
