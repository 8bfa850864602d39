// Package content is the contract between the upload service and the stores of
// content. A store is a folder or a bucket. It depends on this package only, and not
// on requests, the ledger or the service.
package content
