// Package workfolder keeps one folder per order under the seller's work folder
// and knows which files in it are settled and wanted.
//
// The package reports state, not events: [Folder.Next] returns the orders that have
// changed, and [Folder.Snapshot] returns the content of an order's folder. Events of
// the file system only tell where to scan. A lost, repeated or late event therefore
// costs time at most, and a draft made equal to the latest snapshot is correct
// whether or not earlier snapshots were seen.
//
// The package does not know the server or the rules of orders: its user passes the
// open orders. It reads names, sizes and times, and file contents only where a rule
// of package leftout needs the beginning of a file.
package workfolder
