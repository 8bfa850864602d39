package folder

import (
	"encoding/json"
	"fmt"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// Exported says which two files in a folder of uploads keep a finished one: its
// content, and what is known of it.
type Exported struct {
	ContentName string
	InfoName    string
	Info        []byte
}

// Export returns the files of a finished upload, for a backup. The content is
// what [Archive.Open] opens.
func Export(u order.Upload) (Exported, error) {
	if !content.ValidID(u.ID) {
		return Exported{}, fmt.Errorf("upload %q: this is not an ID", u.ID)
	}
	raw, err := json.Marshal(content.InfoOf(u))
	return Exported{ContentName: u.ID + dataExt, InfoName: u.ID + doneExt, Info: raw}, err
}
