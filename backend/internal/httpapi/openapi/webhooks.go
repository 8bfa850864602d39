package openapi

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"handover/backend/api"
)

// describeWebhooks adds the requests that the server sends to webhooks.
func describeWebhooks(doc *huma.OpenAPI) {
	body := doc.Components.Schemas.Schema(reflect.TypeFor[api.Notice](), true, "Notice")
	doc.Webhooks = map[string]*huma.PathItem{"order": {Post: &huma.Operation{
		OperationID: "order-webhook", Summary: "What happens to orders, sent by the server at least once",
		Description: "Every event of an order is sent: its type here is the event's with a dot, such as order.placed, order.work_delivered, " +
			"order.changes_requested, order.completed. Signed as the Standard Webhooks specification says. Answer with a status of 2xx; " +
			"after anything else it is sent again, for three days. The notices of one order come in the order in which it happened.",
		Parameters: []*huma.Param{
			parameter("header", "webhook-id", "the same however often the notice is sent"),
			parameter("header", "webhook-timestamp", "when it was sent, in seconds since 1970"),
			parameter("header", "webhook-signature", "v1, and the HMAC-SHA256 in Base64"),
		},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: body}}},
		Responses:   map[string]*huma.Response{"200": {Description: "Received"}},
	}}}
}
