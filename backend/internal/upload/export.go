package upload

import (
	"encoding/json"
	"fmt"

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
// what [Service.OpenFile] opens.
func Export(u order.Upload) (Exported, error) {
	if !validID(u.ID) {
		return Exported{}, fmt.Errorf("upload %q: this is not an ID", u.ID)
	}
	info, err := json.Marshal(infoOf(u))
	return Exported{ContentName: u.ID + dataExt, InfoName: u.ID + doneExt, Info: info}, err
}
