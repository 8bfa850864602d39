package httpapi

import "strings"

// groupTags group the operations.
var groupTags = []any{
	document{"name": "server", "description": "The server, and signing in"},
	document{"name": "account", "description": "A seller's account and sessions"},
	document{"name": "orders", "description": "Orders and all that is done with them"},
	document{"name": "deliveries", "description": "Deliveries, their files and receipts"},
	document{"name": "comments", "description": "Comments on delivered work"},
	document{"name": "links", "description": "The buyer's link, and links to look"},
	document{"name": "events", "description": "What happened: history and live"},
	document{"name": "money", "description": "What a seller earns"},
	document{"name": "uploads", "description": "Uploads by tus 1.0, resumable"},
	document{"name": "webhooks", "description": "What the server sends by itself"},
}

// tagOf returns the tag of the operations at a path.
func tagOf(path string) string {
	for _, t := range []struct{ part, tag string }{
		{"/uploads/", "uploads"}, {"/events", "events"}, {"/messages", "events"}, {"/deliveries", "deliveries"}, {"/comments", "comments"},
		{"-link", "links"}, {"/orders", "orders"}, {"/earnings", "money"}, {"/account", "account"},
	} {
		if strings.Contains(path, t.part) {
			return t.tag
		}
	}
	return "server"
}

// explained has the descriptions of operations whose summary does not say enough,
// by their IDs.
var explained = map[string]string{
	"sign-in":     "The token in the answer is sent as \"Authorization: Bearer TOKEN\" with all further requests. It ends after 90 days without use.",
	"place-order": "The answer has the order and the buyer's review_url. With an Idempotency-Key the same request never places a second order.",
	"deliver": "The files are uploads that are whole (see uploads), each with the path it has in the delivery, its size and its SHA-256; the server compares them. " +
		"Send an Idempotency-Key: the same request with the same key never makes a second delivery, so that it can be sent again when its answer was lost. " +
		"A delivery with neither files nor links needs confirm_no_files.",
	"list-orders":  "Pages: when the answer has a cursor, send it with the same filters to get the next page.",
	"order-events": "Oldest first. To get all, ask again with after = the seq of the last event until fewer come than limit.",
	"events": "The stream begins with an event named \"ready\", whose id is that of the last event so far. Every further message is an Event as JSON, its id is the event's seq. " +
		"After a break, send the last id as Last-Event-ID: what happened in between is sent first. A comment line comes every 20 seconds.",
	"download-all":    "It supports ranges: the same files of a delivery always give the same bytes, and the ETag changes with them, so that a download can be resumed with If-Range.",
	"download":        "The ETag is the SHA-256; with If-Range a download can be resumed.",
	"request-changes": "The order goes back to the seller. points are the IDs of comments of the asker that are sent with it; message may then be missing.",
}

// examples are bodies of requests, by the IDs of operations.
var examples = map[string]string{
	"sign-in":         `{"email": "eva@example.org", "password": "correct horse battery staple"}`,
	"place-order":     `{"title": "Wedding film", "buyer": {"name": "Bea Buyer", "email": "bea@example.org"}, "due_at": "2030-05-01T12:00:00Z", "price": {"amount": "480.00", "currency": "EUR"}}`,
	"deliver":         `{"description": "The film, in 4K.", "files": [{"upload": "abcdefghijklmnopqrstuvwxyz", "path": "film.mov", "size": 3, "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}], "links": [{"url": "https://cloud.example.org/raw", "label": "Raw material"}]}`,
	"request-changes": `{"message": "Please make the titles larger."}`,
	"extend-review":   `{"days": 3}`,
	"write-message":   `{"message": "Thank you!"}`,
}
