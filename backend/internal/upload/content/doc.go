// Package content is the contract between the service for uploads and the stores
// that keep their content. A store is a folder or a bucket; it knows this package
// and nothing of requests, the ledger or the service.
package content
