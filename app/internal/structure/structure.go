// Package structure checks by reading small pieces of a file whether it is complete and
// whether its content matches its name. It does not know drafts or folders.
//
// A kind of file is an entry of the table in kinds.go with a function that checks it. Every
// check reads a limited number of bytes, however large or hostile the file is, and trusts
// nothing in the file.
package structure

import (
	"errors"
	"io"
)

// Fault is the defect of a file. The zero value means none.
type Fault string

// The faults.
const (
	Cut    Fault = "cut"    // the end is missing
	Zeros  Fault = "zeros"  // zeros in place of content
	Belied Fault = "belied" // the content is not of the kind that the name says
)

// Verdict is the kind of a file and its defect.
type Verdict struct {
	// Kind is the kind of the content in lower case, like an extension: zip, mp4, jpeg,
	// html … It is "" for an unknown kind.
	Kind  string
	Fault Fault
}

// Check checks the file of a size and a name. A file of an unknown kind, or with more parts
// than Check follows, has no defect. err is a read error.
func Check(r io.ReaderAt, size int64, name string) (Verdict, error) {
	p := &probe{r: r, size: size}
	head, err := p.at(0, int(min(size, headSize)))
	if err != nil {
		return Verdict{}, faultOnly(err)
	}
	if allZeros(head) {
		if err := p.solid(0, size); errors.Is(err, errZeros) {
			return Verdict{"", Zeros}, nil
		} else if faultOnly(err) != nil {
			return Verdict{}, err
		}
	}
	k := kindOf(head)
	if length, found := tagLength(head); found {
		k, head, err = kindAfterTag(p, length)
		if err != nil {
			return Verdict{}, faultOnly(err)
		}
	}
	v := Verdict{Kind: k.name}
	if isVolume(name) { // the lengths in a volume count for all volumes together
		return v, nil
	}
	if v.Kind == "" && unpacksItself(p, name) {
		return Verdict{Kind: "zip"}, nil
	}
	if belied(&v, head, name) {
		return v, nil
	}
	err = k.verify(p)
	switch {
	case errors.Is(err, errShort):
		v.Fault = Cut
	case errors.Is(err, errZeros):
		v.Fault = Zeros
	default:
		return v, faultOnly(err)
	}
	return v, nil
}

// verify applies the checks of the kind.
func (k kind) verify(p *probe) error {
	if k.check != nil {
		if err := k.check(p); err != nil {
			return err
		}
	}
	if k.dense {
		return p.solid(0, p.size)
	}
	return nil
}

// kindAfterTag returns the kind of a file that begins with a music tag, and the beginning of
// its content. A tag without content belongs to a truncated MP3.
func kindAfterTag(p *probe, tag int64) (kind, []byte, error) {
	cut := kind{name: "mp3", check: func(*probe) error { return errShort }}
	if tag >= p.size {
		return cut, nil, nil
	}
	p.start = tag
	head, err := p.upTo(tag, headSize)
	if err != nil || len(head) >= 4 {
		return kindOf(head), head, err
	}
	return cut, head, nil
}

// faultOnly returns errors other than those of a probe.
func faultOnly(err error) error {
	if errors.Is(err, errShort) || errors.Is(err, errSpent) || errors.Is(err, errZeros) {
		return nil
	}
	return err
}
