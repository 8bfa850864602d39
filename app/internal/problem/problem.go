// Package problem gives errors a stable code and a message for the seller.
package problem

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"

	"handover/app/internal/draft"
	"handover/app/internal/tus"
	"handover/backend/api"
	"handover/backend/order"
)

// Error is an error with a stable code. Its message tells the seller what to do and is safe
// to show.
type Error struct {
	Code    string
	Message string
	Cause   error
}

func (e *Error) Error() string { return e.Message }
func (e *Error) Unwrap() error { return e.Cause }

// Codes in addition to those of package order.
const (
	CodeUnreachable    = "unreachable"                 // the server does not answer
	CodeIntercepted    = "intercepted"                 // a proxy or portal responded instead of the server
	CodeInsecure       = "insecure_server"             // plain http to another computer
	CodeFileMissing    = "file_missing"                // the file was deleted or moved
	CodePlaceholder    = "file_placeholder"            // its content is in a cloud, or elsewhere
	CodeFileUnreadable = "file_unreadable"             // no permission, or a disk error
	CodeFileChanged    = "file_changed"                // it changes while it is read
	CodeChangedAfter   = "changed_after"               // it has changed since it was uploaded
	CodeDiskFullHere   = "disk_full_here"              // on this computer
	CodeDiskFullServer = "disk_full_server"            // on the server
	CodeQuota          = "quota_exceeded"              // the seller's limit on the server is reached
	CodeCorrupt        = "corrupt"                     // the bytes changed on the way, twice
	CodeNotReady       = "files_not_ready"             // a file of the draft has a problem
	CodeBusy           = "busy"                        // another Handover uses the data folder
	CodePaused         = "paused"                      // the seller paused the uploads
	CodeDamaged        = "damaged"                     // a file in the data folder
	CodeCancelled      = "cancelled"                   // the seller cancelled it
	CodeInternal       = "internal"                    // a bug in the program
	CodeElsewhere      = "draft_elsewhere"             // another of the seller's computers prepares the delivery
	CodeChangedSince   = "changed_since"               // a queued delivery differs from what the seller saw
	CodeFolderIsFile   = "folder_is_file"              // the chosen path is a file
	CodeFolderReadOnly = "folder_read_only"            // the chosen folder is read-only
	CodeFolderInData   = "folder_in_data"              // the chosen folder is inside the program's data folder
	CodeFolderWide     = "folder_wide"                 // a whole drive, or all of the user's files
	CodeFolderGone     = "folder_gone"                 // the work folder is missing, such as on an unplugged drive
	CodeFolderOccupied = "folder_occupied"             // the new place of the work folder is not free
	CodeFolderChanging = "folder_changing"             // files change while they are moved
	CodeFolderLeft     = "folder_left_behind"          // moved, but files remain at the old place
	CodeFolderMoving   = "folder_moving"               // the work folder is being moved
	CodeSecret         = "looks_secret"                // a key, a password or the like
	CodeTooMany        = "too_many_files"              // in one delivery
	CodeImportTooLarge = "import_too_large"            // a file of orders
	CodeSignedOut      = string(order.Unauthenticated) // not signed in
)

// ErrSignedOut is returned for requests that need a session.
var ErrSignedOut = &Error{Code: CodeSignedOut, Message: "you are not signed in; sign in first"}

// Explain turns any error of the program's parts into an [*Error]; nil stays nil.
func Explain(err error) *Error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	var refusal *api.Problem
	if errors.As(err, &refusal) {
		return &Error{refusal.Code, refusal.Detail, err}
	}
	var refused *order.Error
	if errors.As(err, &refused) {
		return &Error{string(refused.Code), refused.Message, err}
	}
	if foreign := api.ForeignIn(err); foreign != nil {
		return &Error{CodeIntercepted, foreign.Error() + "; if this network has a login page, sign in there. The draft is kept, and so is what was sent", err}
	}
	if untrusted, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return &Error{CodeUnreachable, "the server's certificate is not trusted, so nothing was sent: " + untrusted.Err.Error(), err}
	}
	if e := explainTus(err); e != nil {
		return e
	}
	switch {
	case errors.Is(err, api.ErrUnreachable):
		return &Error{CodeUnreachable, "the server cannot be reached; drafts are kept, try again later", err}
	case errors.Is(err, draft.ErrInUse):
		return &Error{CodeBusy, err.Error(), err}
	case errors.Is(err, draft.ErrDamaged):
		return &Error{CodeDamaged, err.Error(), err}
	case errors.Is(err, draft.ErrNoFile):
		return &Error{string(order.NotFound), err.Error(), err}
	case DiskFull(err):
		return &Error{CodeDiskFullHere, "the disk of this computer is full; free some space and try again", err}
	case errors.Is(err, context.Canceled):
		return &Error{CodeCancelled, "stopped; the draft is kept", err}
	}
	return &Error{CodeInternal, err.Error(), err}
}

// explainTus explains the errors of an upload, or returns nil.
func explainTus(err error) *Error {
	var status *tus.StatusError
	switch {
	case errors.Is(err, tus.ErrSourceChanged):
		return &Error{CodeFileChanged, "the file changes while it is read; it will be sent again when it stops changing", err}
	case errors.Is(err, tus.ErrSource) && errors.Is(err, fs.ErrNotExist):
		return &Error{CodeFileMissing, "the file is no longer there; put it back or remove it from the draft", err}
	case errors.Is(err, tus.ErrSource):
		return &Error{CodeFileUnreadable, "the file cannot be read; check its permissions and its disk", err}
	case errors.Is(err, tus.ErrTooLarge):
		return &Error{string(order.TooLarge), "the file is larger than one file may be; attach a link to it instead", err}
	case errors.Is(err, tus.ErrUnauthorised):
		return &Error{CodeSignedOut, "the sign-in has ended; sign in again", err}
	case errors.As(err, &status) && status.Status == 507 && status.Code == CodeQuota:
		return &Error{CodeQuota, status.Message, err}
	case errors.As(err, &status) && status.Status == 507:
		return &Error{CodeDiskFullServer, "the server's disk is full; tell its operator, the upload will continue by itself", err}
	case errors.As(err, &status) && status.Status < 500 && status.Code != "" && status.Message != "":
		return &Error{status.Code, status.Message, err}
	case errors.As(err, &status) && status.Status < 500:
		return &Error{CodeInternal, status.Error(), err}
	case errors.Is(err, tus.ErrNetwork), errors.Is(err, tus.ErrProtocol), errors.As(err, &status):
		return &Error{CodeUnreachable, "the server cannot be reached; the upload will continue where it stopped", err}
	}
	return nil
}
