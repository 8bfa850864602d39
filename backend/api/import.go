package api

import (
	"fmt"
	"time"
)

// Import asks for the orders of a CSV file to be placed, all or none.
type Import struct {
	File []byte `json:"file"`
	// Timezone is the zone of dates without one, such as Europe/Berlin; UTC when
	// empty.
	Timezone string `json:"timezone,omitempty"`
	DryRun   bool   `json:"dry_run,omitempty"`
	// Key makes the import idempotent; "" for none.
	Key string `json:"key,omitempty"`
}

// Imported is the result of an import.
type Imported struct {
	Orders []ImportedOrder `json:"orders" nullable:"false"`
	DryRun bool            `json:"dry_run" doc:"nothing was placed; this is what would be"`
	// Wrong is the number of errors in the file, and Errors has the first of them.
	// With errors no order is placed, and the server answers with a problem.
	Wrong  int         `json:"wrong,omitempty" doc:"how many errors the file has"`
	Errors []LineError `json:"errors,omitempty" doc:"the first 1,000 of them"`
}

// ImportedOrder is an order of the file. A placed order has an ID and a review link.
type ImportedOrder struct {
	Line      int       `json:"line" doc:"where the order begins in the file; the header is line 1"`
	ID        string    `json:"id,omitempty"`
	Title     string    `json:"title"`
	Client    string    `json:"client"`
	Email     string    `json:"client_email"`
	DueAt     time.Time `json:"due_at"`
	Price     *Price    `json:"price,omitempty"`
	ReviewURL string    `json:"review_url,omitempty" doc:"the link for the buyer; missing in a dry run"`
}

// LineError is something wrong in a line of a file. Lines count from 1, the
// header; Field names the column, "" for the line itself.
type LineError struct {
	Line    int      `json:"line" doc:"from 1, the header"`
	Field   string   `json:"field" doc:"the column; empty for the whole line"`
	Code    LineCode `json:"code" doc:"what kind of error it is; there may be more in time" enum:"no_text,no_orders,unknown_column,repeated_column,missing_column,no_csv,too_many_orders,wrong_fields,wrong_value"`
	Message string   `json:"message"`
}

// LineCode names the kind of an error in a line.
type LineCode string

// The kinds of errors in a file of orders.
const (
	NoText         LineCode = "no_text" // in an unknown encoding
	NoOrders       LineCode = "no_orders"
	UnknownColumn  LineCode = "unknown_column"
	RepeatedColumn LineCode = "repeated_column"
	MissingColumn  LineCode = "missing_column"
	NoCSV          LineCode = "no_csv" // such as a quote that never ends
	TooManyOrders  LineCode = "too_many_orders"
	WrongFields    LineCode = "wrong_fields" // more or fewer than the header has
	WrongValue     LineCode = "wrong_value"
)

func (e LineError) String() string {
	if e.Field == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Message)
	}
	return fmt.Sprintf("line %d, %s: %s", e.Line, e.Field, e.Message)
}

func (i Imported) String() string {
	orders := "orders"
	if len(i.Orders) == 1 {
		orders = "order"
	}
	if i.DryRun {
		return fmt.Sprintf("%d %s would be placed", len(i.Orders), orders)
	}
	return fmt.Sprintf("%d %s placed", len(i.Orders), orders)
}

// InOneLine returns the meaning and the first errors of a file in one line.
func InOneLine(meaning string, errors []LineError) string {
	const most = 10
	text := meaning
	for i, e := range errors {
		if i == most {
			text += "; …"
			break
		}
		text += "; " + e.String()
	}
	return text
}
