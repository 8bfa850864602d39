package leftout

import "cmp"

// Reason says why a file is left out.
type Reason string

// The reasons.
const (
	Download    Reason = "download"     // an incomplete download
	Temporary   Reason = "temporary"    // temporary files of no program in particular
	Working     Reason = "working"      // a working file of a program, which Detail names
	Conflict    Reason = "conflict"     // a copy that a synced folder made of a file that was changed twice
	System      Reason = "system"       // what file managers and systems leave behind; no work, and not reported
	Hidden      Reason = "hidden"       // its name begins with a dot
	Unfinished  Reason = "unfinished"   // in a folder for drafts, work in progress or samples
	Secret      Reason = "secret"       // a key, a password or the like, of the kind that Detail names
	Rule        Reason = "rule"         // a line of an ignore file, which Detail quotes
	Link        Reason = "link"         // a symbolic link that leads out of the delivery, to Detail
	Special     Reason = "special"      // neither file nor folder
	OtherFolder Reason = "other_folder" // a folder that is an order's own
)

// Verdict is why something is left out; the zero value: it is not.
type Verdict struct {
	Reason Reason
	Detail string
}

// Out reports whether something is left out.
func (v Verdict) Out() bool { return v.Reason != "" }

// Words says it in English, after "not included: NAME: ".
func (v Verdict) Words() string {
	switch v.Reason {
	case Download:
		return "an incomplete download"
	case Temporary:
		return "a temporary file"
	case Working:
		return "a working file of " + cmp.Or(v.Detail, "a program")
	case Conflict:
		return "a conflicted copy of a synced folder"
	case System:
		return "a file of the system"
	case Hidden:
		return "hidden"
	case Unfinished:
		return "in a folder for unfinished work"
	case Secret:
		return "looks secret: " + v.Detail
	case Rule:
		return "by the rule " + v.Detail
	case Link:
		return "a link that leads out of the delivery, to " + v.Detail
	case Special:
		return "neither file nor folder"
	case OtherFolder:
		return "the folder of another order"
	}
	return string(v.Reason)
}
