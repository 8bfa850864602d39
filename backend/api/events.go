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

// silence is how long a stream of events may say nothing before it counts as
// dead; the server sends a heartbeat every 20 s.
const silence = 60 * time.Second

// Events follows what happens to the party's orders until the context ends or
// the connection does, and returns why. It begins after the event with the
// ID last, or now when last is empty. ready is called once the stream runs;
// each gets every event with the ID to begin after the next time.
func (c *Client) Events(ctx context.Context, last string, ready func(id string), each func(id string, e order.Event)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(silence, func() { cancel(fmt.Errorf("%w: it said nothing for %s", ErrUnreachable, silence)) })
	defer watchdog.Stop()
	headers := []string{"Accept", isEvents}
	if last != "" {
		headers = append(headers, "Last-Event-ID", last)
	}
	resp, err := c.do(ctx, "GET", "/events", nil, headers...)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var id, kind, data string
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		watchdog.Reset(silence)
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
		if kind == "ready" {
			ready(id)
		} else {
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
