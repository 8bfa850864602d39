package folder

// Functions for files that another process may have open.
var (
	Rename = rename
	Remove = remove
)
