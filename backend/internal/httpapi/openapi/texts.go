package openapi

import "strings"

// groupTags group the operations.
var groupTags = []any{
	document{"name": "server", "description": "The server, and signing in"},
	document{"name": "account", "description": "A seller's account and sessions"},
	document{"name": "orders", "description": "Orders and all that is done with them. E-mails are sent if the operator has set up a mail server."},
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

// texts describes the operations that huma serves, by their IDs. streams.go and
// uploads.go describe the others.
var texts = map[string]string{
	"sign-in": "Send the token in the answer as \"Authorization: Bearer TOKEN\" with all further requests. It ends after 90 days without use. " +
		"A wrong address and a wrong password give the same answer (401); a disabled account is refused with 403, and too many attempts with rate_limited (429) and Retry-After.",
	"sign-out":   "Only for sellers. Ends the session of the token that the request was sent with, and the event streams of that session.",
	"about":      "Answered without signing in. Read max_file_size before uploading: larger files are refused and can only be delivered as links.",
	"server-key": "Answered without signing in. Keep the key: receipts can be verified with it offline, for as long as the server keeps its key.",

	"account": "Only for sellers.",
	"change-account": "Only for sellers. Fields that are missing stay as they are; the answer is the whole account. " +
		"Language and time zone are used in the e-mails to the seller. An unknown language or time zone is refused with invalid (422).",
	"change-password": "Only for sellers. The session that asks goes on, all others end. A wrong current password is refused with invalid (422) and the field \"current\", " +
		"too many attempts with rate_limited (429), and conflict (409) says that the password was changed in the meantime.",
	"list-sessions": "Only for sellers. The session used last comes first; current marks the one that asks. Tokens are never shown.",
	"end-session":   "Only for sellers, and only for sessions of their own account. The session's token stops working at once, and its event streams end. An unknown ID is answered with 404.",

	"list-orders": "Only for sellers. The answer has one page: when it has a cursor, send that with the same filters to get the next page. " +
		"Orders in a list have neither drafts nor points.",
	"summary": "Only for sellers. Late orders are counted in late and also in their status.",
	"place-order": "Only for sellers. The answer has the order and the buyer's review_url, and the buyer gets an e-mail with that link. " +
		"With an Idempotency-Key the same request never places a second order: it returns the first. The same key with another order is refused with exists (409).",
	"import-orders": "Only for sellers. The first line names the columns: title, client_name, client_email, due, and optionally price, currency, language, time_zone, notes. " +
		"Fields are separated by commas, semicolons or tabs. A due date without a time means the end of that day. At most 10,000 orders and 10 MiB. " +
		"A file with errors is refused with invalid (422), and errors lists them by line; nothing is placed then. An Idempotency-Key works as for a single order.",
	"note-draft": "Only for sellers. The seller's other computers see it in drafts of the order, so that they do not deliver half of the work; the buyer never sees it. " +
		"A note replaces the one of the same device, and gone removes it. The newest 20 are kept. The order's version does not change.",
	"order": "For the seller, the buyer, and viewers; each sees what concerns them, and allowed says what they may do now. " +
		"The first request of the buyer after a delivery tells the seller that it was opened. Send the ETag as If-None-Match to get 304 while nothing has changed.",
	"change-order": "Only for the seller, while the order is active or in revision; otherwise it is refused with conflict (409). Fields that are missing stay as they are. " +
		"The buyer gets an e-mail about a new title or due date, and never sees notes. A request that changes nothing makes no new version.",
	"deliver": "Only for the seller, until the order is completed or cancelled; a further delivery starts the review again. " +
		"The files are finished uploads of this order, each with its path in the delivery, its size and its SHA-256; the server compares them and refuses with upload_missing (409) if one differs. " +
		"The same request with the same Idempotency-Key never delivers twice, so send it again if its answer was lost; the same key with another request is refused with exists (409). " +
		"A delivery with neither files nor links needs confirm_no_files, or is refused with no_files (422). The buyer gets an e-mail. " +
		"The body of a large delivery, as that of any request here, may come as gzip (Content-Encoding), because many proxies let only a megabyte through.",

	"accept": "Only for the buyer, while a delivery is under review. The order is completed, its payment begins to clear, and comments that were not sent yet are sent to the seller. " +
		"Both parties get an e-mail. Sent twice, the second request is refused with conflict (409).",
	"request-changes": "Only for the buyer, while a delivery is under review; the seller gets an e-mail. The review ends, and the order is in revision until the next delivery. " +
		"points are the IDs of draft comments, of the buyer or of viewers, that are sent with it; without points a message is required.",
	"extend-review": "Only for the buyer, while a delivery is under review; the seller gets an e-mail. 1 to 7 days at a time and 14 for one delivery; extension_days_left of the order says how many are left. " +
		"More is refused with invalid (422), and with conflict (409) when none are left.",
	"write-message": "For the seller and the buyer, unless the order is cancelled; the other party gets an e-mail. " +
		"Sent twice, it is written twice: send If-Match, and a repetition is refused with stale_version (412).",
	"propose-cancellation": "For the seller and the buyer, until the order is completed or cancelled; a message is optional, and the other party gets an e-mail. The order stays in its status, and its review does not end by itself, until the proposal is answered, " +
		"withdrawn, or lapses after 72 hours. A second proposal is refused with conflict (409).",
	"agree-cancellation":    "Only for the party that did not propose it; the other gets conflict (409). The order is cancelled for good and its payment is void. The party that proposed it gets an e-mail.",
	"decline-cancellation":  "Only for the party that did not propose it; the other gets conflict (409). The order goes on, with at least 24 hours left of a review. The party that proposed it gets an e-mail.",
	"withdraw-cancellation": "Only for the party that proposed it; the other gets conflict (409). The order goes on, with at least 24 hours left of a review. The other party gets an e-mail.",
	"note-time-zone": "Only for the buyer, whose browser knows it. E-mails to the buyer give times in this zone from then on. " +
		"The order's version does not change, and the same zone again changes nothing. An unknown name is refused with invalid (422).",

	"review-link": "Only for the seller. Whoever has the link can answer as the buyer. review_url is empty when the link is revoked.",
	"renew-review-link": "Only for the seller, in every status. The answer has the new link, and the buyer gets an e-mail with it. " +
		"The buyer's link and all links to look stop working at once, also in browsers that have opened them. Every request makes another link.",
	"revoke-review-link": "Only for the seller, in every status. The buyer's link and all links to look stop working at once, also in browsers that have opened them. The buyer is not told. Repeating it changes nothing.",
	"view-links":         "Only for the buyer. Lists the links that work, with their addresses. The seller cannot see them.",
	"share-to-look": "Only for the buyer. With the link a person sees the work, downloads it and comments, but decides nothing and sees neither price nor messages. " +
		"At most 20 links work at once; more are refused with conflict (409). The answer lists all links; repeating the request makes another one. The seller sees in the history for whom it was made.",
	"end-sharing": "Only for the buyer. The link stops working at once, also in browsers that have opened it. The answer lists the links that are left. A number without a link is answered with 404.",

	"order-events": "For the seller and the buyer; the buyer's list leaves out what only concerns the seller, such as notes and what was opened. " +
		"When the answer has next, send it as after to get the next page.",
	"messages": "For the seller and the buyer. Only messages by themselves: the text of a change request or of a proposal to cancel is in the order's events. " +
		"When the answer has next, send it as after to get the next page.",

	"comments": "For the seller, the buyer, and viewers. The seller gets comments once they are sent, with a change request or with the completion of the order; the others also get drafts.",
	"put-comment": "For the buyer and viewers, while a delivery is under review. The ID is chosen by the client and new in the order, so that a request whose answer was lost can be sent again; " +
		"with the ID of an own draft that draft is changed. A comment that was sent is refused with conflict (409), one of somebody else with forbidden (403). An order has at most 500 comments.",
	"delete-comment": "For the buyer and viewers, while a delivery is under review. Viewers delete their own drafts, the buyer any draft. A draft that does not exist is no error; a comment that was sent is refused with conflict (409).",

	"earnings": "Only for sellers. Amounts are decimal strings by currency and are never converted; months are of UTC. Orders without a price do not count.",
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
