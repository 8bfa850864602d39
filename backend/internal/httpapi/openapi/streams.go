package openapi

import (
	"github.com/danielgtaylor/huma/v2"

	"handover/backend/receipt"
)

// describeStreams adds the routes that do not answer with JSON. huma does not
// serve them.
func describeStreams(d *huma.OpenAPI) {
	both := []map[string][]string{{"bearer": {}}}
	order := parameter("path", "id", "the order's ID")
	number := parameter("path", "n", "the delivery's number")
	for _, o := range []huma.Operation{
		{
			Method: "GET", Path: "/api/v1/events", OperationID: "events", Security: both,
			Summary: "What happens to the asker's orders, as server-sent events",
			Description: "For the seller, the buyer, and viewers; each hears what concerns them. The stream begins with an event named \"ready\", whose id is that of the last event so far. " +
				"Every further message is an Event as JSON, its id is the event's seq; the buyer and viewers also get an event named \"comments\", without an id, when drafts of comments have changed. " +
				"After a break, send the last id as Last-Event-ID: what happened in between is sent first. Between events a comment line comes at each heartbeat. The stream ends when the sign-in or the link does.",
			Parameters: []*huma.Param{parameter("header", "Last-Event-ID", "the id of the last event received; the stream continues after it, or starts now when it is missing"), parameter("query", "order", "only this order; needed with a review cookie"), parameter("query", "heartbeat", "seconds between two heartbeats, 1 to 20; 20 when missing")},
			Responses:  streamed("text/event-stream"),
		},
		{
			Method: "GET", Path: "/api/v1/orders/{id}/deliveries/{n}/files/{file}", OperationID: "download", Security: both,
			Summary: "A delivered file, whole or in ranges",
			Description: "For the seller, the buyer, and viewers. The ETag is the SHA-256; with If-Range a download can be resumed. " +
				"The first download of the buyer is recorded, and the seller sees it. " +
				"A server that keeps files in a bucket may answer with 307 and an address in the bucket that works for a short while: follow it without the Authorization header.",
			Parameters: []*huma.Param{order, number, parameter("path", "file", "the file's ID")},
			Responses:  streamed("application/octet-stream"),
		},
		{
			Method: "GET", Path: "/api/v1/orders/{id}/deliveries/{n}/files/{file}/preview", OperationID: "preview", Security: both,
			Summary: "A delivered image, video, audio, text or PDF for showing in a page, whole or in ranges; 404 for what is only to be downloaded",
			Description: "For the seller, the buyer, and viewers. It does not count as a download. The Content-Type is one that runs nothing in a browser: " +
				"every kind of text is text/plain, and a PDF is application/octet-stream.",
			Parameters: []*huma.Param{order, number, parameter("path", "file", "the file's ID")},
			Responses:  streamed("application/octet-stream"),
		},
		{
			Method: "GET", Path: "/api/v1/orders/{id}/deliveries/{n}/files/{file}/thumbnail", OperationID: "thumbnail", Security: both,
			Summary:     "A small picture of a delivered image (JPEG, PNG, GIF, WebP, TIFF, BMP), 160 pixels at most; 204 for a file that has none",
			Description: "For the seller, the buyer, and viewers. It does not count as a download. The picture never changes and may be kept.",
			Parameters:  []*huma.Param{order, number, parameter("path", "file", "the file's ID")},
			Responses:   streamed("image/jpeg"),
		},
		{
			Method: "GET", Path: "/api/v1/orders/{id}/deliveries/{n}/files/{file}/rendition", OperationID: "rendition", Security: both,
			Summary:     "A picture of a delivered image (JPEG, PNG, GIF, WebP, TIFF, BMP), 2048 pixels at most, a PNG where something is transparent; Handover-Original-Size has the image's own size; 204 for a file that has none",
			Description: "For the seller, the buyer, and viewers. It does not count as a download. The picture never changes and may be kept. Handover-Original-Size is WIDTHxHEIGHT in pixels, such as 6000x4000.",
			Parameters:  []*huma.Param{order, number, parameter("path", "file", "the file's ID")},
			Responses:   streamed("image/jpeg"),
		},
		{
			Method: "GET", Path: "/api/v1/orders/{id}/deliveries/{n}/archive.zip", OperationID: "download-all", Security: both,
			Summary: "The files of a delivery as one zip, whose Content-Length is exact; ask for it with HEAD",
			Description: "For the seller, the buyer, and viewers. It supports ranges: the same files of a delivery always give the same bytes, and the ETag changes with them, so that a download can be resumed with If-Range. " +
				"Files are stored without compression. The first download of the buyer is recorded. An ID that is not of a file in the delivery refuses the whole request with 404.",
			Parameters: []*huma.Param{order, number, parameter("query", "files", "the IDs of the files to put in, separated by commas; all when missing")},
			Responses:  streamed("application/zip"),
		},
		{
			Method: "GET", Path: "/api/v1/orders/{id}/deliveries/{n}/receipt", OperationID: "receipt", Security: both,
			Summary: "The signed receipt of a delivery (DSSE envelope, Ed25519); always the same bytes",
			Description: "For the seller and the buyer. It names the order, the parties, the time, and path, size and SHA-256 of every file. " +
				"The key that verifies it is at /api/v1/server/key.",
			Parameters: []*huma.Param{order, number},
			Responses:  streamed(receipt.MediaType),
		},
		{
			Method: "GET", Path: "/api/v1/earnings.csv", OperationID: "earnings-csv", Security: both,
			Summary: "A seller's ledger as CSV (RFC 4180), a line for each time that money moved, oldest first",
			Description: "Only for sellers. The columns are time (RFC 3339, UTC), order, title, buyer, payment, amount and currency; payment is pending, clearing, cleared or void from then on. " +
				"A cell that a spreadsheet could take for a formula begins with an apostrophe. A connection that breaks off means that lines are missing.",
			Responses: streamed("text/csv"),
		},
	} {
		d.AddOperation(&o)
	}
}

func parameter(in, name, about string) *huma.Param {
	return &huma.Param{In: in, Name: name, Required: in == "path", Description: about, Schema: &huma.Schema{Type: "string"}}
}

func streamed(kind string) map[string]*huma.Response {
	return refusable(map[string]*huma.Response{"200": {
		Description: "OK",
		Content:     map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: "string", Format: "binary"}}},
	}})
}
