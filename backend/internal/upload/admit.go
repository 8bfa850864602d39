package upload

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/tus/tusd/v2/pkg/handler"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// The keys of Upload-Metadata that an upload needs; others are ignored.
const (
	metaOrder = "order"
	metaPath  = "path"
	// metaSHA256 is optional: the digest of a file that the seller may have
	// here already. The upload is then complete when it is created.
	metaSHA256 = "sha256"
)

// admit decides whether an upload comes to be, after tusd has looked at its
// length, and gives it its ID.
func (s *Service) admit(e handler.HookEvent) (handler.HTTPResponse, handler.FileInfoChanges, error) {
	var none handler.HTTPResponse
	ex := stateOf(e.Context)
	meta, err := s.permit(e.Context, ex.seller, e.HTTPRequest.Header.Get("Upload-Metadata"))
	if err == nil && !e.Upload.IsPartial && e.HTTPRequest.Header.Get("Content-Type") != chunkType {
		ex.twin, err = s.twinOf(e.Context, ex.seller, meta[metaSHA256], e.Upload.Size)
	}
	if err == nil && ex.twin == nil {
		err = s.roomFor(e.Context, ex.seller, e.Upload.Size, e.Upload.Size)
	}
	if err != nil {
		return none, handler.FileInfoChanges{}, s.refusal(e.Context, err)
	}
	return none, handler.FileInfoChanges{
		ID:       content.NewID(),
		MetaData: handler.MetaData{metaOrder: meta[metaOrder], metaPath: meta[metaPath]},
	}, nil
}

// permit reads the metadata of a new upload and asks whether the seller may make
// one for the order in it.
func (s *Service) permit(ctx context.Context, seller, header string) (map[string]string, error) {
	meta, err := parseMetadata(header)
	if err == nil && meta[metaOrder] == "" {
		err = badMetadata("the key order is missing")
	}
	if err == nil {
		err = order.CheckPath(meta[metaPath])
	}
	if err == nil {
		err = s.Gate.MayUpload(ctx, seller, meta[metaOrder])
	}
	return meta, err
}

// parseMetadata reads Upload-Metadata as tus 1.0 ("Upload-Metadata") defines it:
// pairs with commas between them, each an ASCII key without spaces, and a value
// in Base64, if any. tusd passes over what it cannot read; a file would then be
// stored under a wrong name, so this is strict.
func parseMetadata(header string) (map[string]string, error) {
	meta := make(map[string]string)
	if header == "" {
		return meta, nil
	}
	for pair := range strings.SplitSeq(header, ",") {
		key, encoded, _ := strings.Cut(strings.TrimSpace(pair), " ")
		if key == "" || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil, badMetadata("a key is empty or not printable ASCII")
		}
		if _, twice := meta[key]; twice {
			return nil, badMetadata("the key " + key + " is there twice")
		}
		value, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return nil, badMetadata("the value of " + key + " is not Base64")
		}
		meta[key] = string(value)
	}
	return meta, nil
}

func badMetadata(what string) error {
	return &order.Error{Code: order.Invalid, Field: "Upload-Metadata", Message: "Upload-Metadata: " + what}
}
