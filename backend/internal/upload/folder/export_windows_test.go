package folder

// Names of files in the folder, which others may have open.
var (
	Rename = rename
	Remove = remove
)
