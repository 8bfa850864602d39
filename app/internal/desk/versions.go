package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"handover/app/internal/draft"
	"handover/app/internal/tus"
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

// version tells what was in a file, as far as a look from outside can. A
// number that the system gives to files is not in it: a restart may change it.
type version struct{ Size, ModTime int64 }

// versionsNow is a fingerprint of the versions of a draft's files on this
// computer, and versionsSent of those that the server has.
func versionsNow(dr draft.Draft) (string, error) {
	list := make([]version, len(dr.Files))
	for i, f := range dr.Files {
		if f.Origin == draft.FromDelivery {
			list[i] = version{Size: f.Size} // the server's copy never changes
			continue
		}
		identity, err := tus.Identify(f.Source)
		if err != nil {
			return "", err
		}
		list[i] = version{identity.Size, identity.ModTime}
	}
	return sum(list), nil
}

func versionsSent(dr draft.Draft) string {
	list := make([]version, len(dr.Files))
	for i, f := range dr.Files {
		if f.Origin == draft.FromDelivery {
			list[i] = version{Size: f.Size}
			continue
		}
		var identity tus.Identity
		if json.Unmarshal([]byte(f.Identity), &identity) == nil {
			list[i] = version{identity.Size, identity.ModTime}
		}
	}
	return sum(list)
}

func sum(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	digest := sha256.Sum256(raw)
	return hex.EncodeToString(digest[:])
}
