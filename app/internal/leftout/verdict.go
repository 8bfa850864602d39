package leftout

import "cmp"

// Reason is why a file is left out.
type Reason string

// The reasons.
const (
	Download    Reason = "download"     // an incomplete download
	Temporary   Reason = "temporary"    // a temporary file of an unknown program
	Working     Reason = "working"      // a working file of the program in Detail
	Conflict    Reason = "conflict"     // a conflict copy made by a sync client
	System      Reason = "system"       // a file created by the system or a file manager; not reported
	Hidden      Reason = "hidden"       // its name begins with a dot
	Unfinished  Reason = "unfinished"   // in a folder for drafts, work in progress or samples
	Secret      Reason = "secret"       // a key, a password or the like; Detail names the kind
	Rule        Reason = "rule"         // matches the line of an ignore file in Detail
	Link        Reason = "link"         // a symbolic link to Detail, outside the delivery
	Special     Reason = "special"      // neither a file nor a folder
	OtherFolder Reason = "other_folder" // the folder of another order
)

// Verdict is why an entry is left out; the zero value means that it is not.
type Verdict struct {
	Reason Reason
	Detail string
}

// Out reports whether the entry is left out.
func (v Verdict) Out() bool { return v.Reason != "" }

// Words returns the reason in English, to follow "not included: NAME: ".
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
