// Package dirid identifies folders of this computer, also after they were renamed.
package dirid

// ID is the identity of a folder: its inode and its volume. The zero value
// identifies none.
type ID struct{ Inode, Device uint64 }
