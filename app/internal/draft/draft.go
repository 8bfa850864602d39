// Package draft keeps what the seller's computer must not lose: drafts with
// the state of their uploads, the last known orders, and settings, in one
// bbolt file. Everything is durable when a method returns.
package draft

import (
	"time"

	"handover/backend/order"
)

// State is where a file of a draft stands.
type State string

// A file of a draft is in exactly one of these states.
const (
	Settling  State = "settling"  // it changed while it was read; waiting for it to rest
	Queued    State = "queued"    // to be sent
	Uploading State = "uploading" // being sent
	Verified  State = "verified"  // on the server whole, with the same SHA-256
	Problem   State = "problem"   // the seller has to do something
)

// Origin says how a file came into a draft.
type Origin string

// A file of a draft has one of these origins.
const (
	ByHand       Origin = ""         // attached; it stays until it is detached
	FromFolder   Origin = "folder"   // it lies in the order's folder, and leaves the draft with it
	FromDelivery Origin = "delivery" // it is an earlier delivery's, on the server, and has no Source
)

// Fault says what is wrong with a file. The zero value is none.
type Fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// File is a file of a draft.
type File struct {
	Path   string `json:"path"`   // as the buyer will see it, with slashes
	Source string `json:"source"` // where it lies on this computer; "" for FromDelivery
	Size   int64  `json:"size"`
	State  State  `json:"state"`
	SHA256 string `json:"sha256,omitempty"` // set once Verified
	Fault  Fault  `json:"fault,omitzero"`
	Origin Origin `json:"origin,omitempty"`
	// Executable says that the seller's system may run the file.
	Executable bool `json:"executable,omitempty"`
	// Seen is the identity in which the work folder told the file last.
	Seen string `json:"seen,omitempty"`

	// Upload is the address of its upload on the server, and Identity says
	// which version of the file that upload holds. Sent is the SHA-256 of what
	// it holds once that is a whole version, also when the file may be another
	// by now.
	Upload   string `json:"upload,omitempty"`
	Identity string `json:"identity,omitempty"`
	Sent     string `json:"sent,omitempty"`
	// Resume is what else the client of the uploads wants to know when it goes
	// on, as it wrote it; worth nothing without Identity.
	Resume string `json:"resume,omitempty"`
	// Parts are the uploads that will become Upload, with spaces between them.
	Parts string `json:"parts,omitempty"`
}

// Forget drops all that is known of an upload of the file.
func (f *File) Forget() { f.Upload, f.Identity, f.Resume, f.Parts, f.Sent = "", "", "", "", "" }

// Doubt gives a file another state than Verified. What is known of its upload
// stays, to be compared with the file.
func (f *File) Doubt(s State) {
	f.Sent = f.Holds()
	f.State, f.SHA256, f.Fault = s, "", Fault{}
}

// Holds is the SHA-256 of the version that the file's upload holds; "" while
// there is no whole one. Drafts of before say it only of verified files.
func (f File) Holds() string {
	if f.State == Verified {
		return f.SHA256
	}
	return f.Sent
}

// Draft is a delivery being prepared for one order.
type Draft struct {
	Order       string       `json:"order"`
	Description string       `json:"description"`
	Links       []order.Link `json:"links,omitempty"`
	Done        []string     `json:"done,omitempty"` // IDs of the buyer's points that are done
	UpdatedAt   time.Time    `json:"updated_at"`
	Submission  *Submission  `json:"submission,omitempty"`
	Queued      *Wish        `json:"queued,omitempty"` // nil unless it is to be delivered when it is ready
	Notice      Fault        `json:"notice,omitzero"`  // why it was not delivered although it was queued

	// Arranged are the paths of files in the order that the seller gave them;
	// nil for none. Files that are not in it come after those that are.
	Arranged []string `json:"arranged,omitempty"`

	Symlinks []Symlink `json:"symlinks,omitempty"`
	LeftOut  []LeftOut `json:"left_out,omitempty"`

	// Revision grows with everything that is stored: of two readings of a
	// draft the one with the greater revision is the newer one.
	Revision uint64 `json:"-"`

	// Files come as Arranged says, or else in the order of their paths. They
	// are stored one by one, and are changed through UpdateFile and PutFiles.
	Files []File `json:"-"`
}

// Wish is a delivery that the seller asked for and that waits for its uploads
// or the server.
type Wish struct {
	At             time.Time `json:"at"`
	ConfirmNoFiles bool      `json:"confirm_no_files,omitempty"`
	// Fingerprints of what the seller saw, for nothing else is delivered: of
	// the draft, and of the versions of its files. Known are the indexes of the
	// files whose content was known, so that their digests count and not their
	// times.
	Text     string `json:"text"`
	Versions string `json:"versions"`
	Known    []int  `json:"known,omitempty"`
}

// Submission is a delivery that was sent to the server and whose answer is not
// known yet. The same content is sent again under the same key, so that the
// server never makes a second delivery of it.
type Submission struct {
	Key         string `json:"key"`
	Fingerprint string `json:"fingerprint"` // of the content sent
	After       int    `json:"after"`       // number of the latest delivery before it
}

// Empty reports whether nothing was prepared.
func (d Draft) Empty() bool {
	return d.Description == "" && len(d.Files) == 0 && len(d.Links) == 0 && len(d.Done) == 0
}
