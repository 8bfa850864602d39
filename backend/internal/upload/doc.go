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
// # Content
//
// A store keeps the content: a folder (package folder) or a bucket of a service that
// speaks S3 (package bucket). Package content is the contract between them and
// the service. All that follows holds for both.
//
// # Parts
//
// Partial uploads (tus 1.0, "Concatenation") are uploads that the ledger never
// hears of. In a folder a final upload takes over the content of its first part as
// its own beginning, hash included; in a bucket it begins empty. A goroutine appends
// the other parts, and the same checkpoints make that durable as it grows. Its parts
// are removed once the ledger has it: a crash leaves parts enough to continue, or
// the whole. Its ID follows from those of its parts: asking twice gives one upload.
//
// # Bundles
//
// Many small files may come in one request, see bundle: a POST like the creation
// of an upload, with a media type of its own. That is no part of tus; a client
// that does not know it loses speed and nothing else.
//
// # Content that is there already
//
// A folder keeps equal content of a seller once. An upload that is created with the
// digest of content that the seller has already (sha256 in Upload-Metadata) is
// complete without being sent.
package upload
