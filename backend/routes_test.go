package backend_test

import (
	"slices"
	"strings"
)

// A new route needs a row in routes; TestEveryRouteHasARow fails without. The
// shortest is one line: {name: "GET /api/v1/server", who: anyone, ok: 200}. A row
// says who may use the route and which request succeeds. From that
// routes_check_test.go derives what everybody else gets: 401 without a sign-in, 403 for the
// other party and for viewers, 404 for another seller and another order's buyer, 404 for an
// order that is not there, 405 for another method; and for a route with a body
// 400, 413 and 415 for no JSON, too much of it, and another type. What only
// this route refuses stands in the row: states and bodies.
type route struct {
	name   string // method and path, as in the OpenAPI document
	who    who
	on     string   // state of the order that {id} stands for; "" for a path without
	body   string   // that succeeds; "" for a route that reads none
	header []string // beside it, in pairs
	query  string
	ok     int // the status of success
	// conflict lists the states in which the request is refused with 409.
	conflict []string
	bad      []bad
	absent   []string // paths like this one that lead nowhere, by {id} and {file}
	limit    int      // bytes that a body may have; 0 for 64 KiB
	alone    bool     // ends the sign-in: it gets one of its own
	text     bool     // the body is no JSON; header says what
	look     bool     // a viewer of the order may use it, too
}

// bad is a body (or a query, for a route without) that is refused.
type bad struct {
	text   string
	status int
	field  string
}

type who string

const (
	anyone who = "anyone"
	seller who = "the seller"
	buyer  who = "the buyer"
	both   who = "both parties"
)

const importHead = "title;client_name;client_email;due\n"

const id = "/api/v1/orders/{id}"

func except(kept ...string) []string {
	return slices.DeleteFunc(states(), func(s string) bool { return slices.Contains(kept, s) })
}

var routes = []route{
	{name: "GET /api/v1/server", who: anyone, ok: 200},
	{name: "POST /api/v1/session", who: anyone, ok: 200, body: `{"email":"eva@example.org","password":"correct horse"}`, bad: []bad{
		{`{"email":"","password":"x"}`, 422, "email"}, {`{"email":"a@example.org"}`, 422, "password"},
		{`{"email":1,"password":"x"}`, 422, "email"}, {`{"email":"a@example.org","password":"` + strings.Repeat("x", 1025) + `"}`, 422, "password"},
	}},
	{name: "DELETE /api/v1/session", who: seller, ok: 204, alone: true},
	{name: "GET /api/v1/account", who: seller, ok: 200},
	{name: "PATCH /api/v1/account", who: seller, ok: 200, body: `{"name":"Eva Ä. 🎬","language":"de","time_zone":"Europe/Berlin"}`, bad: []bad{
		{`{"name":""}`, 422, "name"}, {`{"name":"  "}`, 422, "name"}, {`{"name":7}`, 422, "name"}, {`{"name":"Eva\r\nBcc: x@example.org"}`, 422, "name"},
		{`{"language":"tlh"}`, 422, "language"}, {`{"time_zone":"Berlin"}`, 422, "time_zone"}, {`{"email":"otto@example.org"}`, 422, "email"},
	}},
	{name: "GET /api/v1/account/sessions", who: seller, ok: 200},
	{name: "DELETE /api/v1/account/sessions/{session}", who: seller, ok: 404},
	{name: "GET /api/v1/orders", who: seller, ok: 200, query: "?status=active,completed&query=film&limit=1", bad: []bad{
		{"?limit=0", 422, "limit"}, {"?limit=501", 422, "limit"}, {"?limit=x", 422, "limit"}, {"?limit=1&status=gone", 422, "status[0]"},
		{"?cursor=not!one", 422, "cursor"}, {"?query=" + strings.Repeat("x", 201), 422, "query"},
	}},
	{name: "POST /api/v1/orders", who: seller, ok: 201, body: newOrder("Film", "bea@example.org", `,"price":{"amount":"1.00","currency":"EUR"}`), bad: []bad{
		{newOrder("", "bea@example.org", ""), 422, "title"}, {newOrder(strings.Repeat("x", 201), "bea@example.org", ""), 422, "title"},
		{newOrder(`a\nb`, "bea@example.org", ""), 422, "title"}, {newOrder("Film", "bea", ""), 422, "buyer.email"},
		{`{"title":"Film","buyer":{"name":"Bea","email":"bea@example.org"}}`, 422, "due_at"},
		{strings.Replace(newOrder("Film", "bea@example.org", ""), "2026-", "9999-", 1), 422, "due_at"},
		{newOrder("Film", "bea@example.org", `,"price":{"amount":"1,00","currency":"EUR"}`), 422, "price.amount"},
		{newOrder("Film", "bea@example.org", `,"price":{"amount":"1.00","currency":"euro"}`), 422, "price.currency"},
		{newOrder("Film", "bea@example.org", `,"seller":"otto"`), 422, "seller"},
	}},
	{name: "GET /api/v1/orders/summary", who: seller, ok: 200},
	{name: "POST /api/v1/orders/import", who: seller, ok: 200, header: []string{"Content-Type", "text/csv"}, text: true, limit: 10 << 20,
		body: importHead + "Film;Bea;bea@example.org;4.3.2026\n", bad: []bad{
			{importHead, 422, ""}, {"title;client_name\n", 422, ""}, {importHead + "Film;Bea;bea@example.org;soon\n", 422, ""},
			{importHead + "\x00\xff;Bea;bea@example.org;4.3.2026\n", 422, ""}, {importHead + "Film;Bea\n", 422, ""},
		}},
	{name: "GET " + id, who: both, on: active, ok: 200, look: true},
	{name: "PATCH " + id, who: seller, on: active, ok: 200, body: `{"notes":"pays late"}`, conflict: except(active, inRevision, sellerProposed), bad: []bad{
		{`{"title":""}`, 422, "title"}, {`{"title":"a\nb"}`, 422, "title"}, {`{"title":1}`, 422, "title"},
		{`{"due_at":"9999-01-01T00:00:00Z"}`, 422, "due_at"}, {`{"due_at":"soon"}`, 422, "due_at"},
		{`{"notes":"` + strings.Repeat("ä", 2501) + `"}`, 422, "notes"}, {`{"status":"completed"}`, 422, "status"},
	}},
	{name: "PUT " + id + "/draft-note", who: seller, on: cancelled, ok: 204, body: `{"device":"d1","name":"EVA-LAPTOP","files":12}`, bad: []bad{
		{`{"device":"","name":"EVA-LAPTOP","files":1}`, 422, "device"}, {`{"device":"a b","name":"EVA-LAPTOP","files":1}`, 422, "device"},
		{`{"device":"` + strings.Repeat("x", 65) + `","name":"EVA-LAPTOP","files":1}`, 422, "device"},
		{`{"device":"d1","name":" ","files":1}`, 422, "name"}, {`{"device":"d1","name":"a\u001b[31m","files":1}`, 422, "name"},
		{`{"device":"d1","name":"EVA-LAPTOP","files":-1}`, 422, "files"}, {`{"device":"d1","name":"EVA-LAPTOP","files":10001}`, 422, "files"},
		{`{"device":"d1","name":"EVA-LAPTOP","files":"1"}`, 422, "files"}, {`{"device":"d1","name":"EVA-LAPTOP"}`, 422, "files"},
	}},
	{name: "GET " + id + "/review-link", who: seller, on: cancelled, ok: 200},
	{name: "POST " + id + "/review-link", who: seller, on: completed, ok: 200},
	{name: "DELETE " + id + "/review-link", who: seller, on: active, ok: 200},
	{name: "GET " + id + "/view-links", who: buyer, on: cancelled, ok: 200},
	{name: "POST " + id + "/view-links", who: buyer, on: active, ok: 201, body: `{"name":"Ada Ä. 🎬"}`, bad: []bad{
		{`{"name":""}`, 422, "name"}, {`{"name":" \t"}`, 422, "name"}, {`{"name":"a\nb"}`, 422, "name"}, {`{}`, 422, "name"},
		{`{"name":["x"]}`, 422, "name"}, {`{"name":"` + strings.Repeat("ä", 201) + `"}`, 422, "name"}, {`{"name":"Ada","party":"buyer"}`, 422, "party"},
	}},
	{name: "PUT " + id + "/time-zone", who: buyer, on: cancelled, ok: 204, body: `{"time_zone":"Europe/Berlin"}`, bad: []bad{
		{`{"time_zone":"Berlin"}`, 422, "time_zone"}, {`{"time_zone":"Local"}`, 422, "time_zone"}, {`{"time_zone":7}`, 422, "time_zone"}, {`{}`, 422, "time_zone"},
		{`{"time_zone":"` + strings.Repeat("x", 65) + `"}`, 422, "time_zone"},
	}},
	{name: "DELETE " + id + "/view-links/{number}", who: buyer, on: delivered, ok: 404},
	{name: "GET " + id + "/events", who: both, on: delivered, ok: 200, query: "?after=1&limit=1", bad: []bad{
		{"?limit=0", 422, "limit"}, {"?limit=501", 422, "limit"}, {"?after=-1", 422, "after"}, {"?after=x", 422, "after"},
	}},
	{name: "GET " + id + "/messages", who: both, on: cancelled, ok: 200, query: "?limit=1", bad: []bad{
		{"?limit=0", 422, "limit"}, {"?limit=501", 422, "limit"}, {"?after=x", 422, "after"},
	}},
	{name: "POST " + id + "/deliveries", who: seller, on: active, ok: 201, body: goodDelivery, header: []string{idempotencyField, "k"},
		limit: 16 << 20, conflict: []string{completed, cancelled}, bad: []bad{
			{`{"description":" ","confirm_no_files":true}`, 422, "description"}, {`{"description":"It"}`, 422, ""},
			{`{"description":"It","links":[{"url":"http://example.org"}]}`, 422, "links"},
			{`{"description":"It","links":[{"url":"javascript:alert(1)"}]}`, 422, "links"},
			{`{"description":"It","confirm_no_files":true,"done":["absent"]}`, 422, "done"},
			{`{"description":"It","files":[{"upload":"absent","path":"a","size":1,"sha256":""}]}`, 409, "files"},
			{`{"description":"` + strings.Repeat("ä", 2501) + `","confirm_no_files":true}`, 422, "description"},
		}},
	{name: "POST " + id + "/accept", who: buyer, on: delivered, ok: 200, conflict: except(delivered, buyerProposed)},
	{name: "POST " + id + "/changes", who: buyer, on: delivered, ok: 200, body: `{"message":"longer"}`, conflict: except(delivered, buyerProposed), bad: []bad{
		{`{"message":" "}`, 422, "message"}, {`{}`, 422, "message"}, {`{"message":1}`, 422, "message"},
		{`{"message":"` + strings.Repeat("ä", 2501) + `"}`, 422, "message"}, {`{"message":"longer","points":["absent"]}`, 422, "points"},
		{`{"points":[]}`, 422, "message"}, {`{"points":["absent"]}`, 422, "points"}, {`{"message":"longer","points":"a"}`, 422, "points"},
		{`{"message":"longer","points":["a"` + strings.Repeat(`,"a"`, 500) + `]}`, 422, "points"},
	}},
	{name: "GET " + id + "/comments", who: both, on: completed, ok: 200, look: true},
	{name: "PUT " + id + "/comments/{comment}", who: buyer, on: delivered, ok: 200, look: true, body: `{"delivery":1,"text":"Louder, ä 🎬"}`,
		conflict: except(delivered, buyerProposed), bad: []bad{
			{`{"delivery":1,"text":" "}`, 422, "text"}, {`{"delivery":1}`, 422, "text"}, {`{"text":"x"}`, 422, "delivery"},
			{`{"delivery":1,"text":"` + strings.Repeat("ä", 2001) + `"}`, 422, "text"}, {`{"delivery":2,"text":"x"}`, 422, "delivery"},
			{`{"delivery":1,"file":"absent","text":"x"}`, 422, "file"}, {`{"delivery":1,"page":1,"text":"x"}`, 422, "file"},
			{`{"delivery":1,"point":{"x":0.5},"text":"x"}`, 422, "point.y"}, {`{"delivery":1,"seconds":"14","text":"x"}`, 422, "seconds"},
			{`{"delivery":1,"text":"x","author":{"party":"seller"}}`, 422, "author"}, {`{"delivery":1,"text":"x","sent_at":"2026-03-04T12:00:00Z"}`, 422, "sent_at"},
		}},
	{name: "DELETE " + id + "/comments/{comment}", who: buyer, on: delivered, ok: 204, look: true, conflict: except(delivered, buyerProposed)},
	{name: "POST " + id + "/extension", who: buyer, on: delivered, ok: 200, body: `{"days":7}`, conflict: except(delivered, buyerProposed), bad: []bad{
		{`{"days":0}`, 422, "days"}, {`{"days":8}`, 422, "days"}, {`{"days":-1}`, 422, "days"}, {`{"days":1.5}`, 422, "days"},
		{`{"days":99999999999999999999}`, 422, ""}, {`{}`, 422, "days"},
	}},
	{name: "POST " + id + "/messages", who: both, on: completed, ok: 200, body: `{"message":"hello"}`, conflict: []string{cancelled}, bad: []bad{
		{`{"message":""}`, 422, "message"}, {`{"message":["x"]}`, 422, "message"},
	}},
	{name: "POST " + id + "/cancellation", who: both, on: active, ok: 200, body: `{"message":"sorry"}`, conflict: except(active, delivered, inRevision), bad: []bad{
		{`{"message":" "}`, 422, "message"}, {`{"message":"` + strings.Repeat("x", 2501) + `"}`, 422, "message"},
	}},
	{name: "POST " + id + "/cancellation/agree", who: both, on: sellerProposed, ok: 200, conflict: except(sellerProposed, buyerProposed)},
	{name: "POST " + id + "/cancellation/decline", who: both, on: sellerProposed, ok: 200, conflict: except(sellerProposed, buyerProposed)},
	{name: "POST " + id + "/cancellation/withdraw", who: both, on: buyerProposed, ok: 200, conflict: except(sellerProposed, buyerProposed)},
	{name: "GET " + id + "/deliveries/{n}/files/{file}", who: both, on: delivered, ok: 200, look: true, absent: []string{
		id + "/deliveries/2/files/{file}", id + "/deliveries/0/files/{file}", id + "/deliveries/x/files/{file}", id + "/deliveries/-1/files/{file}",
		id + "/deliveries/1/files/absent", id + "/deliveries/1/files/..%2f{file}", id + "/deliveries/99999999999999999999/files/{file}",
	}},
	{name: "GET " + id + "/deliveries/{n}/files/{file}/preview", who: both, on: delivered, ok: 200, look: true, absent: []string{
		id + "/deliveries/2/files/{file}/preview", id + "/deliveries/0/files/{file}/preview", id + "/deliveries/x/files/{file}/preview",
		id + "/deliveries/1/files/absent/preview", id + "/deliveries/1/files/..%2f{file}/preview", id + "/deliveries/1/files/{file}/preview/",
	}},
	{name: "GET " + id + "/deliveries/{n}/files/{file}/thumbnail", who: both, on: delivered, ok: 204, look: true, absent: []string{
		id + "/deliveries/2/files/{file}/thumbnail", id + "/deliveries/0/files/{file}/thumbnail", id + "/deliveries/x/files/{file}/thumbnail",
		id + "/deliveries/1/files/absent/thumbnail", id + "/deliveries/1/files/..%2f{file}/thumbnail", id + "/deliveries/1/files/{file}/thumbnail/",
	}},
	{name: "GET " + id + "/deliveries/{n}/files/{file}/rendition", who: both, on: delivered, ok: 204, look: true, absent: []string{
		id + "/deliveries/2/files/{file}/rendition", id + "/deliveries/0/files/{file}/rendition", id + "/deliveries/x/files/{file}/rendition",
		id + "/deliveries/1/files/absent/rendition", id + "/deliveries/1/files/..%2f{file}/rendition", id + "/deliveries/1/files/{file}/rendition/",
	}},
	{name: "GET " + id + "/deliveries/{n}/archive.zip", who: both, on: delivered, ok: 200, look: true, absent: []string{
		id + "/deliveries/2/archive.zip", id + "/deliveries/0/archive.zip", id + "/deliveries/x/archive.zip",
		id + "/deliveries/1/archive.zip?files=absent", id + "/deliveries/1/archive.zip?files={file},absent", id + "/deliveries/1/archive.zip?files=",
		id + "/deliveries/1/archive.zip?files={file}&files=", id + "/deliveries/1/archive.zip?files=,",
	}},
	{name: "GET " + id + "/deliveries/{n}/receipt", who: both, on: delivered, ok: 200, absent: []string{
		id + "/deliveries/2/receipt", id + "/deliveries/0/receipt", id + "/deliveries/x/receipt", id + "/deliveries/1/receipt/",
	}},
	{name: "GET /api/v1/server/key", who: anyone, ok: 200},
	{name: "GET /api/v1/earnings", who: seller, ok: 200},
	{name: "GET /api/v1/earnings.csv", who: seller, ok: 200},
	{name: "GET /api/v1/events", who: both, ok: 200, look: true},
	// The last, because it ends all other sign-ins.
	{name: "POST /api/v1/account/password", who: seller, ok: 204, alone: true, body: `{"current":"correct horse","new":"correct horse"}`, bad: []bad{
		{`{"new":"battery staple"}`, 422, "current"}, {`{"current":"correct horse"}`, 422, "new"},
		{`{"current":"wrong horse","new":"battery staple"}`, 422, "current"}, {`{"current":"correct horse","new":"short"}`, 422, "new"},
	}},
}

func newOrder(title, email, more string) string {
	return `{"title":"` + title + `","buyer":{"name":"Bea","email":"` + email + `"},"due_at":"2026-03-04T12:00:00Z"` + more + `}`
}

func (r route) method() string { return strings.Fields(r.name)[0] }
