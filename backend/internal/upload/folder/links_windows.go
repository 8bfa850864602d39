package folder

import (
	"os"

	"golang.org/x/sys/windows"
)

// soleName reports whether the file has no other name: removing this name then frees its
// bytes. It returns true when Windows does not answer.
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
