package openapi

import "github.com/danielgtaylor/huma/v2"

// describeUploads adds the protocol for uploads, which huma does not serve.
func describeUploads(d *huma.OpenAPI) {
	seller := []map[string][]string{{"bearer": {}}}
	version := required(parameter("header", "Tus-Resumable", "the version of the protocol: 1.0.0"))
	upload := parameter("path", "upload", "the upload's ID, the end of its Location")
	offset := header("Upload-Offset", "how many bytes the server has", "integer")
	digest := header("Repr-Digest", "the digest of the whole content (RFC 9530), once the server has all of it: sha-256=:BASE64:", "string")
	length := header("Upload-Length", "the size of the file in bytes", "integer")
	chunk := &huma.RequestBody{Content: map[string]*huma.MediaType{"application/offset+octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
	for _, o := range []huma.Operation{
		{
			Method: "OPTIONS", Path: "/uploads/", OperationID: "upload-options", Summary: "Which version and extensions of tus the server has",
			Description: "Answered without signing in. Extensions: creation, creation-with-upload, concatenation, termination. Tus-Max-Size is the largest file.",
			Responses: answers("204", "OK", header("Tus-Version", "1.0.0", "string"), header("Tus-Extension", "the extensions, between commas", "string"),
				header("Tus-Max-Size", "the largest file in bytes", "integer")),
		},
		{
			Method: "POST", Path: "/uploads/", OperationID: "create-upload", Security: seller, Summary: "Begin an upload, also with its content",
			Description: "Only for sellers, for an order of theirs that can still be delivered; otherwise it is refused with conflict (409). Upload-Metadata has keys, each with its value in Base64: order, the order's ID, and path, the file's path in the delivery, are needed; " +
				"with sha256, the digest in hex, an upload is complete at once when the seller has sent the same content before. " +
				"Content can come in this request, or later by PATCH. The upload's ID is the end of Location. A file above the limit is refused with file_too_large (413), " +
				"and without space on the server with disk_full or quota_exceeded (507). An unfinished upload that gets no content is removed, after 7 days unless the operator chose another time.",
			Parameters: []*huma.Param{
				version, parameter("header", "Upload-Length", "the size of the file in bytes; not with a final upload"),
				required(parameter("header", "Upload-Metadata", "order BASE64,path BASE64[,sha256 BASE64]")),
				parameter("header", "Upload-Concat", "partial, or final;PATH PATH … to put partial uploads together"),
			},
			RequestBody: chunk,
			Responses:   answers("201", "Begun", header("Location", "where the upload is, a path", "string"), offset, digest),
		},
		{
			Method: "HEAD", Path: "/uploads/{upload}", OperationID: "upload-offset", Security: seller, Summary: "How much of an upload the server has",
			Description: "Only for the seller who created it; others get 404. A final upload has no Upload-Offset until its parts have been put together. 410 means that it was damaged on the server: upload the file again.",
			Parameters:  []*huma.Param{version, upload}, Responses: answers("200", "OK", offset, length, digest),
		},
		{
			Method: "PATCH", Path: "/uploads/{upload}", OperationID: "send-upload", Security: seller, Summary: "Send what the server lacks of an upload",
			Description: "Only for the seller who created it. Upload-Offset has to be what HEAD says, or it is refused with mismatched_offset (409). After a break ask by HEAD and continue from there; bytes that were acknowledged are never lost. " +
				"While another request writes to the upload, it is refused with upload_locked (423): try again. With the last byte the answer has the Repr-Digest: compare it with your own.",
			Parameters:  []*huma.Param{version, upload, required(parameter("header", "Upload-Offset", "where the content in this request begins"))},
			RequestBody: chunk, Responses: answers("204", "Received", offset, digest),
		},
		{
			Method: "DELETE", Path: "/uploads/{upload}", OperationID: "delete-upload", Security: seller, Summary: "Remove an upload that was not delivered",
			Description: "Only for the seller who created it. It frees the space that the upload counts for; an upload that a delivery names is refused with conflict (409).",
			Parameters:  []*huma.Param{version, upload}, Responses: answers("204", "Removed"),
		},
	} {
		d.AddOperation(&o)
	}
}

func required(p *huma.Param) *huma.Param {
	p.Required = true
	return p
}

// named is a header of an answer, with its name.
type named struct {
	name string
	of   *huma.Param
}

func header(name, about, kind string) named {
	return named{name, &huma.Param{Description: about, Schema: &huma.Schema{Type: kind}}}
}

// answers returns an answer with headers and no body, and a problem.
func answers(status, about string, headers ...named) map[string]*huma.Response {
	r := &huma.Response{Description: about, Headers: map[string]*huma.Header{}}
	for _, h := range headers {
		r.Headers[h.name] = h.of
	}
	return refusable(map[string]*huma.Response{status: r})
}

// refusable adds the problem of a refused request.
func refusable(responses map[string]*huma.Response) map[string]*huma.Response {
	problem := &huma.MediaType{Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}
	responses["4XX"] = &huma.Response{Description: "Refused", Content: map[string]*huma.MediaType{"application/problem+json": problem}}
	return responses
}
