package delivery

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

// textOf returns a fingerprint of the draft without the versions of its files.
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

// version identifies the content of a file: by its digest, or by its size and time
// while the digest is not known.
type version struct {
	Size, ModTime int64
	SHA256        string `json:",omitempty"`
}

// versionsNow returns a fingerprint of the files on this computer. known are the
// indexes of the files whose present version is verified.
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
		if f.State == draft.Verified && content.SameAs(f.Identity, now) {
			list[i].SHA256, known = f.SHA256, append(known, i)
			continue
		}
		list[i] = version{Size: now.Size, ModTime: now.ModTime}
	}
	return sum(list), known, nil
}

// versionsSent returns the fingerprint of the files on the server, with the digests of
// the same files.
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

// every returns the indexes of the files on this computer.
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
