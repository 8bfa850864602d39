// Package dirid identifies folders, also after a rename.
package dirid

// ID is the identity of a folder: its inode and its volume. The zero value matches
// no folder.
type ID struct{ Inode, Device uint64 }
