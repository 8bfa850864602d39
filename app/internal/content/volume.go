package content

// Volume is the file system of a file.
type Volume struct {
	// Tracks is set if inode numbers are stable and every change sets the change time.
	// That is false for FAT and exFAT, uncertain for network and FUSE file systems, and
	// false for tmpfs, which ignores writes through memory maps.
	Tracks bool
}

// Identity clears the attributes that are not reliable.
func (v Volume) Identity(id Identity) Identity {
	if !v.Tracks {
		return Identity{Size: id.Size, ModTime: id.ModTime}
	}
	return id
}
