// Package upload takes in files over tus 1.0 (https://tus.io/protocols/resumable-upload)
// and keeps them so that nothing acknowledged is ever lost.
//
// The protocol is spoken by the handler of tusd; everything below it is ours:
//
//   - [Service.ServeHTTP] authenticates every request, lets nobody but the owner
//     of an upload see that it exists, and turns errors into RFC 9457 problems.
//   - The store behind the handler acknowledges an offset only when the bytes
//     below it, and the offset itself, are on stable storage.
//   - A [Ledger] learns of an upload once all of its bytes are there. An upload
//     that is whole but missing from the ledger is reported again on the next
//     HEAD or PATCH and when the folder is opened.
//
// # On disk
//
// All files lie flat in one folder, named by the upload's ID, which is always
// made here and never by a client:
//
//	<id>.data       the bytes received so far
//	<id>.info       what is known of an unfinished upload, as JSON
//	<id>.done       the same of a finished one, once the ledger has it
//	<id>.info.tmp   a new .info being written; meaningless after a crash
//	<id>.data.tmp   a link to content; meaningless after a crash
//
// A small upload that is created together with all of its content gets its .data
// only: nobody knows of it before the ledger does, and the ledger knows all of it.
//
// # In a bucket
//
// In place of the folder a bucket of a service that speaks S3 keeps all of this,
// for one server or several; see bucket. What follows holds for both, but that
// a bucket has no links and cannot rename: a final upload is put together from
// its first part on.
//
// # Parts
//
// Partial uploads (tus 1.0, "Concatenation") are uploads that the ledger never
// hears of. A final upload takes over the content of its first part as its own
// beginning, hash included, and appends the others in a goroutine; the same
// checkpoints make that durable as it grows. Its parts are removed once the
// ledger has it, so that after a crash there are parts enough to go on, or the
// whole. Its ID follows from those of its parts: asking twice gives one upload.
//
// # Bundles
//
// Many small files may come in one request, see bundle: a POST like the creation
// of an upload, with a media type of its own. That is no part of tus; a client
// that does not know it loses speed and nothing else.
//
// # Content that is there already
//
// What a seller has sent before is kept once: a finished upload with the digest
// of another becomes a hard link to the same content, and one that is created
// with that digest (sha256 in Upload-Metadata) is complete without being sent.
// Finished content is never written to again.
//
// An upload exists from the moment its .info does. An .info is replaced as a
// whole: written beside, synced, renamed, folder synced. The data file may be
// longer than the offset in the .info says, after a crash or a full disk; that
// tail was never acknowledged and is cut off before anything is appended.
package upload
