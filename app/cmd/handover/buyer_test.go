//go:build unix

package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"handover/backend/api"
	"handover/backend/order"
)

// ask sends a request as the buyer and returns the status and the answer.
func ask(ts *testscript.TestScript, method, path string, body any) (int, []byte) {
	raw, err := json.Marshal(body)
	ts.Check(err)
	r, err := http.NewRequest(method, ts.Getenv("SERVER")+"/api/v1/orders/"+ts.Getenv("ORDER")+path, bytes.NewReader(raw))
	ts.Check(err)
	r.Header.Set("Authorization", "Bearer "+ts.Getenv("REVIEW"))
	if method != http.MethodGet {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	ts.Check(err)
	return resp.StatusCode, answer
}

// buyerCommand is `buyer show | accept | changes TEXT | extension DAYS | pin ID
// FILE SECONDS TEXT | points ID…`, where FILE is of the first delivery: the
// buyer acts over HTTP, and the answer is the standard output.
func buyerCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: buyer show | accept | changes TEXT | extension DAYS")
	}
	method, path, body := http.MethodPost, "/"+args[0], any(struct{}{})
	switch {
	case args[0] == "show":
		method, path = http.MethodGet, ""
	case args[0] == "changes" && len(args) == 2:
		body = api.Message{Message: args[1]}
	case args[0] == "pin" && len(args) == 5:
		method, path, body = http.MethodPut, "/comments/"+args[1], pinned(ts, args[2], args[3], args[4])
	case args[0] == "points":
		path, body = "/changes", api.Changes{Points: args[1:]}
	case args[0] == "extension" && len(args) == 2:
		days, err := strconv.Atoi(args[1])
		ts.Check(err)
		body = api.Extension{Days: days}
	}
	status, answer := ask(ts, method, path, body)
	ts.Stdout().Write(answer)
	if refused := status >= 400; refused != neg {
		ts.Fatalf("the server answered %d: %s", status, answer)
	}
}

// pinned is a comment on a file of the first delivery.
func pinned(ts *testscript.TestScript, path, seconds, text string) api.NewComment {
	at, err := strconv.ParseFloat(seconds, 64)
	ts.Check(err)
	for _, f := range orderOf(ts).Deliveries[0].Files {
		if f.Path == path {
			return api.NewComment{Anchor: order.Anchor{Delivery: 1, File: f.ID, Seconds: &at}, Text: text}
		}
	}
	ts.Fatalf("delivery 1 has no %q", path)
	panic("unreachable")
}

func orderOf(ts *testscript.TestScript) api.Order {
	status, answer := ask(ts, http.MethodGet, "", nil)
	if status != http.StatusOK {
		ts.Fatalf("the server answered %d: %s", status, answer)
	}
	var o api.Order
	ts.Check(json.Unmarshal(answer, &o))
	return o
}

// awaitCommand is `await STATUS`: waits until the order has the status.
func awaitCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await STATUS")
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		o := orderOf(ts)
		if string(o.Status) == args[0] {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("the order is still %s", o.Status)
		}
	}
}

// downloadCommand is `download NUMBER PATH FILE`: the buyer downloads a file of
// a delivery, which must have the bytes of FILE.
func downloadCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: download NUMBER PATH FILE")
	}
	number, err := strconv.Atoi(args[0])
	ts.Check(err)
	o := orderOf(ts)
	if number > len(o.Deliveries) {
		ts.Fatalf("there are %d deliveries", len(o.Deliveries))
	}
	for _, f := range o.Deliveries[number-1].Files {
		if f.Path != args[1] {
			continue
		}
		status, got := ask(ts, http.MethodGet, fmt.Sprintf("/deliveries/%d/files/%s", number, f.ID), nil)
		want, err := os.ReadFile(ts.MkAbs(args[2]))
		ts.Check(err)
		if status != http.StatusOK || !bytes.Equal(got, want) {
			ts.Fatalf("status %d, %d bytes that are not the %d of %s", status, len(got), len(want), args[2])
		}
		return
	}
	ts.Fatalf("delivery %d has no %q", number, args[1])
}
