package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"handover/backend/order"
)

const (
	// heartbeat is the time in seconds between two heartbeats that the client asks for.
	heartbeat = 5
	// silence is how long a stream may be silent before it counts as dead, until
	// the server has announced its heartbeat.
	silence = 60 * time.Second
	// missed is how many heartbeats a live stream may miss.
	missed = 3
)

// Events follows the events of the party's orders until the context or the
// connection ends, and returns the cause. It begins after the event with the ID
// last, or now when last is empty. ready is called once the stream runs. each gets
// every event, with the ID for last in the next call.
func (c *Client) Events(ctx context.Context, last string, ready func(id string), each func(id string, e order.Event)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	patience := silence
	watchdog := time.AfterFunc(patience, func() { cancel(fmt.Errorf("%w: its stream of events fell silent", ErrUnreachable)) })
	defer watchdog.Stop()
	headers := []string{"Accept", isEvents}
	if last != "" {
		headers = append(headers, "Last-Event-ID", last)
	}
	resp, err := c.do(ctx, "GET", fmt.Sprintf("/events?heartbeat=%d", heartbeat), nil, headers...)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var id, kind, data string
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		watchdog.Reset(patience)
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			kind = value
		case "data":
			data = value
		}
		if lines.Text() != "" || data == "" {
			continue
		}
		switch kind {
		case "ready":
			patience = patienceWith(data)
			watchdog.Reset(patience)
			ready(id)
		case "":
			var e order.Event
			if err := json.Unmarshal([]byte(data), &e); err != nil {
				return fmt.Errorf("read an event: %w", err)
			}
			each(id, e)
		}
		kind, data = "", ""
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return fmt.Errorf("%w: the stream of events ended", ErrUnreachable)
}

// patienceWith returns how long a stream with this ready event may be silent. Older
// servers do not announce their heartbeat.
func patienceWith(ready string) time.Duration {
	var says struct {
		Heartbeat int `json:"heartbeat"`
	}
	if err := json.Unmarshal([]byte(ready), &says); err != nil || says.Heartbeat < 1 {
		return silence
	}
	return missed * time.Duration(says.Heartbeat) * time.Second
}
