// Package workfolder keeps one folder per order under the seller's work folder
// and knows which files in it are settled and wanted.
//
// It reports state, not events: [Folder.Next] says which orders are no longer
// as they were, and [Folder.Snapshot] is what their folders hold. Events of the
// system are only hints where to look; what counts is what a look found. So an
// event that was lost, doubled or late costs time at most, and whoever makes a
// draft equal to the latest snapshot is right without having seen those between.
//
// The package knows no server and no rules of orders: its user says which
// orders are open. It reads names, sizes and times, never the contents of files.
package workfolder
