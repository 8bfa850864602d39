package content

// Volume is the file system that a file lies on.
type Volume struct {
	// Tracks is set when its files keep their numbers, and when every change
	// sets their time of change. FAT and exFAT do neither, network and FUSE
	// file systems as they like, and tmpfs leaves out writes through memory
	// maps.
	Tracks bool
}

// Identity takes out of an identity what cannot be relied on.
func (v Volume) Identity(id Identity) Identity {
	if !v.Tracks {
		return Identity{Size: id.Size, ModTime: id.ModTime}
	}
	return id
}
