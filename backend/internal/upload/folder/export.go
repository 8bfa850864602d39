package folder

import (
	"encoding/json"
	"fmt"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// Exported describes the two files of a finished upload in a folder: its content and its
// info.
type Exported struct {
	ContentName string
	InfoName    string
	Info        []byte
}

// Export returns the files of a finished upload, for a backup. [Archive.Open] opens the
// content.
func Export(u order.Upload) (Exported, error) {
	if !content.ValidID(u.ID) {
		return Exported{}, fmt.Errorf("upload %q: this is not an ID", u.ID)
	}
	raw, err := json.Marshal(content.InfoOf(u))
	return Exported{ContentName: u.ID + dataExt, InfoName: u.ID + doneExt, Info: raw}, err
}
