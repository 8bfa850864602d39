// Package draft stores the data that the seller's computer must not lose: drafts
// with the state of their uploads, the last known orders, and settings, in one
// bbolt file. Every change is durable when its method returns.
package draft

import (
	"time"

	"handover/backend/order"
)

// State is the state of a draft's file.
type State string

// The states of a draft's file.
const (
	Settling  State = "settling"  // it changed while it was read; wait until it is at rest
	Queued    State = "queued"    // waiting to be sent
	Uploading State = "uploading" // being sent
	Verified  State = "verified"  // complete on the server, with an equal SHA-256
	Problem   State = "problem"   // the seller must act
)

// Origin says how a file came into a draft.
type Origin string

// The origins of a draft's file.
const (
	ByHand       Origin = ""         // attached by the seller; stays until it is detached
	FromFolder   Origin = "folder"   // from the order's folder; leaves the draft when it leaves the folder
	FromDelivery Origin = "delivery" // from an earlier delivery; on the server, without a Source
)

// Fault is an error of a file. The zero value means none.
type Fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// File is a file of a draft.
type File struct {
	Path   string `json:"path"`   // as the buyer will see it, with slashes
	Source string `json:"source"` // absolute path on this computer; "" for FromDelivery
	Size   int64  `json:"size"`
	State  State  `json:"state"`
	SHA256 string `json:"sha256,omitempty"` // set once Verified
	Fault  Fault  `json:"fault,omitzero"`
	Origin Origin `json:"origin,omitempty"`
	// Executable is set when the seller's system may run the file.
	Executable bool `json:"executable,omitempty"`
	// Seen is the identity that the work folder reported last.
	Seen string `json:"seen,omitempty"`

	// Upload is the upload's address on the server, and Identity the version of
	// the file that the upload contains. Sent is the SHA-256 of the uploaded
	// version once it is complete, even if the file may have changed since.
	Upload   string `json:"upload,omitempty"`
	Identity string `json:"identity,omitempty"`
	Sent     string `json:"sent,omitempty"`
	// Resume is opaque state with which the tus client resumes the upload; it is
	// valid only together with Identity.
	Resume string `json:"resume,omitempty"`
	// Parts are the uploads to be joined into Upload, separated by spaces.
	Parts string `json:"parts,omitempty"`
}

// Forget clears everything known about the file's upload.
func (f *File) Forget() { f.Upload, f.Identity, f.Resume, f.Parts, f.Sent = "", "", "", "", "" }

// Doubt moves the file from Verified to another state. It keeps the upload, so that
// the file can be compared with it.
func (f *File) Doubt(s State) {
	f.Sent = f.Holds()
	f.State, f.SHA256, f.Fault = s, "", Fault{}
}

// Holds returns the SHA-256 of the complete version that the upload contains; "" while the
// upload is incomplete. Drafts of earlier versions know it only for
// verified files.
func (f File) Holds() string {
	if f.State == Verified {
		return f.SHA256
	}
	return f.Sent
}

// Draft is a delivery being prepared for one order.
type Draft struct {
	Order       string          `json:"order"`
	Description string          `json:"description"`
	Links       []order.Link    `json:"links,omitempty"`
	Done        []string        `json:"done,omitempty"` // IDs of the buyer's points that the seller marked as done
	UpdatedAt   time.Time       `json:"updated_at"`
	Submission  *Submission     `json:"submission,omitempty"`
	Queued      *QueuedDelivery `json:"queued,omitempty"` // nil unless the draft waits to be delivered
	Notice      Fault           `json:"notice,omitzero"`  // why the queued delivery failed

	// Arranged lists file paths in the seller's order; nil for none. Files that are
	// not listed follow those that are.
	Arranged []string `json:"arranged,omitempty"`

	Symlinks []Symlink `json:"symlinks,omitempty"`
	LeftOut  []LeftOut `json:"left_out,omitempty"`

	// Revision grows with every stored change: the reading with the greater
	// revision is the newer one.
	Revision uint64 `json:"-"`

	// Files are sorted by Arranged, then by path. They are stored separately and
	// changed through UpdateFile and PutFiles.
	Files []File `json:"-"`
}

// QueuedDelivery waits for its uploads or for the server.
type QueuedDelivery struct {
	At             time.Time `json:"at"`
	ConfirmNoFiles bool      `json:"confirm_no_files,omitempty"`
	// Text and Versions are fingerprints of the draft and of its files' versions as
	// the seller saw them. A draft with other fingerprints is not delivered. Known
	// lists the indexes of files whose content was known; their fingerprints cover
	// their digests instead of their times.
	Text     string `json:"text"`
	Versions string `json:"versions"`
	Known    []int  `json:"known,omitempty"`
}

// Submission is a delivery that was sent but not yet answered. A retry sends the same
// content with the same key, so that the server never makes a second delivery.
type Submission struct {
	Key         string `json:"key"`
	Fingerprint string `json:"fingerprint"` // of the content sent
	After       int    `json:"after"`       // number of the previous delivery
}

// Empty reports whether the draft has no content.
func (d Draft) Empty() bool {
	return d.Description == "" && len(d.Files) == 0 && len(d.Links) == 0 && len(d.Done) == 0
}
