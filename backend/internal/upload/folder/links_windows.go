package folder

import (
	"os"

	"golang.org/x/sys/windows"
)

// soleName reports whether the file goes when this name of it does. What cannot
// be asked counts as having one name.
func soleName(name string, _ os.FileInfo) bool {
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return true
	}
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	h, err := windows.CreateFile(path, 0, share, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		return true
	}
	defer windows.CloseHandle(h) //nolint:errcheck // it was only asked
	var st windows.ByHandleFileInformation
	return windows.GetFileInformationByHandle(h, &st) != nil || st.NumberOfLinks == 1
}
