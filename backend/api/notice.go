package api

import (
	"strings"
	"time"

	"handover/backend/order"
)

// Notice is the body of a webhook. It is signed as the Standard Webhooks
// specification says. Its webhook-id stays the same when it is sent again.
type Notice struct {
	Type      string     `json:"type" doc:"what happened, such as order.completed"`
	Timestamp time.Time  `json:"timestamp" doc:"when it happened"`
	Data      NoticeData `json:"data"`
}

// NoticeData is the event of a webhook and its order.
type NoticeData struct {
	Event order.Event `json:"event"`
	Order Order       `json:"order" doc:"the order as its seller sees it when the notice is sent"`
}

// NoticeType returns the type of the webhook for an event: order_completed is
// order.completed, work_delivered is order.work_delivered.
func NoticeType(t order.EventType) string {
	return "order." + strings.TrimPrefix(string(t), "order_")
}

// OutboxEntry is an e-mail or webhook that is not sent yet, as the operator sees it.
type OutboxEntry struct {
	ID        string          `json:"id"`
	Seq       uint64          `json:"seq"`
	Order     string          `json:"order"`
	Event     order.EventType `json:"event"`
	To        order.Party     `json:"to,omitempty"`
	Failed    bool            `json:"failed"`
	Attempts  int             `json:"attempts"`
	Since     time.Time       `json:"since"`
	NextAt    *time.Time      `json:"next_at"`
	LastError string          `json:"last_error,omitempty"`
}
