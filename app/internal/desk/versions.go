package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"handover/app/internal/content"
	"handover/app/internal/draft"
	"handover/backend/order"
)

func allVerified(dr draft.Draft) bool {
	return !slices.ContainsFunc(dr.Files, func(f draft.File) bool { return f.State != draft.Verified })
}

func faultOf(dr draft.Draft) draft.Fault {
	for _, f := range dr.Files {
		if f.State == draft.Problem {
			return draft.Fault{Code: f.Fault.Code, Message: f.Path + ": " + f.Fault.Message}
		}
	}
	return draft.Fault{}
}

// textOf is a fingerprint of all of a draft but the versions of its files.
func textOf(dr draft.Draft) string {
	names := make([][2]string, len(dr.Files))
	for i, f := range dr.Files {
		names[i] = [2]string{f.Path, f.Source}
	}
	return sum(struct {
		Description string
		Links       []order.Link
		Names       [][2]string
		Done        []string        `json:",omitempty"`
		Symlinks    []order.Symlink `json:",omitempty"`
	}{dr.Description, append([]order.Link{}, dr.Links...), names, dr.Done, dr.DeliveredSymlinks()})
}

// version tells what is in a file: its digest, or, while that is not known, as
// much as the seller can see.
type version struct {
	Size, ModTime int64
	SHA256        string `json:",omitempty"`
}

// versionsNow is a fingerprint of the versions of a draft's files on this
// computer. known are the indexes of those that are verified as they are.
func versionsNow(dr draft.Draft) (fingerprint string, known []int, err error) {
	list := make([]version, len(dr.Files))
	for i, f := range dr.Files {
		if f.Origin == draft.FromDelivery {
			list[i] = version{Size: f.Size} // the server's copy never changes
			continue
		}
		now, err := content.Identify(f.Source)
		if err != nil {
			return "", nil, err
		}
		if f.State == draft.Verified && content.SameFile(f, now) {
			list[i].SHA256, known = f.SHA256, append(known, i)
			continue
		}
		list[i] = version{Size: now.Size, ModTime: now.ModTime}
	}
	return sum(list), known, nil
}

// versionsSent is the fingerprint, by the same files' digests, of what the
// server has verified.
func versionsSent(files []draft.File, known []int) string {
	list := make([]version, len(files))
	for i, f := range files {
		if f.Origin == draft.FromDelivery {
			list[i] = version{Size: f.Size}
			continue
		}
		sent := content.ParseIdentity(f.Identity)
		list[i] = version{Size: sent.Size, ModTime: sent.ModTime}
	}
	for _, i := range known {
		if i < len(list) {
			list[i] = version{SHA256: files[i].SHA256}
		}
	}
	return sum(list)
}

// every are the indexes of the files that lie on this computer.
func every(files []draft.File) (known []int) {
	for i, f := range files {
		if f.Origin != draft.FromDelivery {
			known = append(known, i)
		}
	}
	return known
}

func sum(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	digest := sha256.Sum256(raw)
	return hex.EncodeToString(digest[:])
}
