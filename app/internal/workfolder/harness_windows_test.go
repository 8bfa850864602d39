package workfolder_test

import "io/fs"

func nodeOf(fs.FileInfo) (inode, device uint64) { return 0, 0 }
