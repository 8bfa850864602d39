// Package folder keeps the content of uploads in a folder of this computer. The folder
// has no subfolders. The ID of the upload names its files:
//
//	<id>.data       the bytes received so far
//	<id>.info       the info of an unfinished upload, as JSON
//	<id>.done       the info of a finished upload that the ledger has recorded
//	<id>.info.tmp   a new .info being written; useless after a crash
//	<id>.data.tmp   a link to content; useless after a crash
//
// A small upload that one request creates with all of its content has only a .data
// file. No client knows its ID before the ledger has its record.
//
// Any other upload exists as soon as its .info does. An .info is replaced as a whole:
// written under another name, synced, renamed, folder synced. After a crash or a full
// disk, the data file may be longer than the offset in the .info. That tail was never
// acknowledged and is cut off before more bytes are appended.
//
// Finished content never changes. Equal content of one seller is one file with several
// names (hard links).
package folder
