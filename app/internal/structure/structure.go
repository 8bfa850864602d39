// Package structure tells from little pieces of a file whether it is whole and
// whether it is what its name says. It knows no drafts and no folders.
//
// A kind of file is an entry of the table in kinds.go and a function that
// checks it. Every check reads a bounded number of bytes, however large or
// hostile the file is, and trusts nothing that the file says of itself.
package structure

import (
	"errors"
	"io"
)

// Fault is what is wrong with a file. The zero value is nothing.
type Fault string

// The faults.
const (
	Cut    Fault = "cut"    // its end is missing
	Zeros  Fault = "zeros"  // zeros where its content has to be
	Belied Fault = "belied" // its content is not of the kind that its name says
)

// Verdict is the kind of a file, and its fault.
type Verdict struct {
	// Kind names what the content is, in small letters as extensions are: zip,
	// mp4, jpeg, html … It is "" for a kind that is not known.
	Kind  string
	Fault Fault
}

// Check judges the file of a size and a name. A file of a kind that it does not
// know, or with more parts than it follows, has no fault. err is a fault of the
// disk.
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
	if isVolume(name) { // its lengths count for all parts together
		return v, nil
	}
	if v.Kind == "" && unpacksItself(p, name) {
		return Verdict{Kind: "zip"}, nil
	}
	if belied(&v, head, name) {
		return v, nil
	}
	if k.check != nil {
		err = k.check(p)
	}
	if err == nil && k.dense {
		err = p.solid(0, size)
	}
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

// kindAfterTag returns the kind of a file that begins with a tag of music, and
// how its content begins. A tag without content is of a cut MP3.
func kindAfterTag(p *probe, tag int64) (kind, []byte, error) {
	cut := kind{name: "mp3", check: func(*probe) error { return errShort }}
	if tag >= p.size {
		return cut, nil, nil
	}
	p.start = tag
	head, err := p.upTo(tag, headSize)
	if err == nil && len(head) < 4 {
		return cut, head, nil
	}
	return kindOf(head), head, err
}

// faultOnly passes on errors other than the answers of a probe.
func faultOnly(err error) error {
	if errors.Is(err, errShort) || errors.Is(err, errSpent) || errors.Is(err, errZeros) {
		return nil
	}
	return err
}
