// Package folder keeps the content of uploads in a folder of this computer. All
// files lie flat in it, named by the ID of the upload:
//
//	<id>.data       the bytes received so far
//	<id>.info       the info of an unfinished upload, as JSON
//	<id>.done       the info of a finished one, once the ledger has the record
//	<id>.info.tmp   a new .info being written; meaningless after a crash
//	<id>.data.tmp   a link to content; meaningless after a crash
//
// A small upload that is created together with all of its content gets only its
// .data: nobody knows of it before the ledger has its record.
//
// An upload exists from the moment its .info does. An .info is replaced as a whole:
// written to another name, synced, renamed, folder synced. The data file may be longer
// than the offset in the .info says, after a crash or a full disk. That tail was
// never acknowledged; it is cut off before anything is appended.
//
// Finished content is never written to again. Equal content of one seller is one
// file with several names (hard links).
package folder
