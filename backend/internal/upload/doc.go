// Package upload receives files over tus 1.0 (https://tus.io/protocols/resumable-upload)
// and never loses acknowledged bytes.
//
// tusd's handler speaks the protocol; the storage is ours:
//
//   - [Service.ServeHTTP] authenticates every request, hides uploads from everyone but
//     their owner, and turns errors into RFC 9457 problems.
//   - The store behind the handler acknowledges an offset only after the bytes below
//     it, and the offset itself, are on stable storage.
//   - The service records a complete upload in the [Ledger]. It repeats that for an
//     upload without a record on the next HEAD or PATCH, and when it opens.
//
// # Content
//
// A store keeps the content: a folder (package folder) or a bucket of a service that
// speaks S3 (package bucket). Package content is their contract with the service.
//
// # Parts
//
// Partial uploads (tus 1.0, "Concatenation") get no record in the ledger. In a folder
// a final upload takes over the content and the hash of its first part; in a bucket it
// begins empty. Package concat appends the other parts and makes the progress durable
// with the usual checkpoints. It removes the parts after the ledger has the final
// upload, so a crash leaves either the parts or the complete upload. The ID of a final
// upload follows from the IDs of its parts: a repeated request gives the same upload.
//
// # Bundles
//
// Package bundle receives many small files in one request: a POST like the creation of
// an upload, with its own media type. Bundles are not part of tus. Clients without them
// are slower, but work.
//
// # Equal content
//
// A folder stores equal content of a seller once. An upload that is created with the
// digest of stored content of the same seller (sha256 in Upload-Metadata) is complete
// without its bytes being sent.
package upload
