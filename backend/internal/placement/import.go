package placement

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/internal/token"
	"handover/backend/order"
)

// fieldColumns has the column of each field that the domain may refuse.
var fieldColumns = map[string]string{
	"title": colTitle, "buyer.name": colName, "buyer.email": colEmail, "buyer.language": colLanguage, "buyer.time_zone": colTimeZone,
	"due_at": colDue, "price.amount": colPrice, "price.currency": colCurrency, "notes": colNotes,
}

// Import places the orders of a CSV file, all or none. The result lists errors in
// the file by line; with errors, or in a dry run, no order is placed.
func (s Service) Import(ctx context.Context, sellerID string, in api.Import) (api.Imported, error) {
	if len(in.File) > MaxImportBytes {
		return api.Imported{}, &order.Error{Code: order.TooLarge, Message: fmt.Sprintf("a file of orders has at most %d bytes", MaxImportBytes)}
	}
	zone, err := time.LoadLocation(in.Timezone) // "" is UTC
	if err != nil || in.Timezone == "Local" {
		return api.Imported{}, &order.Error{Code: order.Invalid, Field: "timezone", Message: fmt.Sprintf("there is no time zone %q; they are named as Europe/Berlin", in.Timezone)}
	}
	t := readTable(in.File, zone)
	if t.wrong == 0 && len(t.rows) == 0 {
		t.fail(2, "", api.NoOrders, "there is no order in the file")
	}
	orders := s.prepareAll(sellerID, t)
	result := api.Imported{Orders: []api.ImportedOrder{}, DryRun: in.DryRun, Wrong: t.wrong, Errors: t.errors}
	if t.wrong > 0 {
		return result, nil
	}
	placed := make([]order.Order, len(orders))
	for i, n := range orders {
		placed[i] = n.Order
	}
	if !in.DryRun {
		request := token.Hash(in.Timezone + "\n" + string(in.File))
		placed, err = s.Store.PlaceAll(ctx, store.Placement{SellerID: sellerID, Key: in.Key, Request: request, Orders: orders})
		if err != nil {
			return api.Imported{}, err
		}
	}
	for i, o := range placed {
		line := api.ImportedOrder{Line: t.rows[i].line, Title: o.Title, Client: o.Buyer.Name, Email: o.Buyer.Email, DueAt: o.DueAt, Price: t.rows[i].order.Price}
		if !in.DryRun {
			line.ID, line.ReviewURL = o.ID, s.ReviewURL(o)
		}
		result.Orders = append(result.Orders, line)
	}
	return result, nil
}

// prepareAll prepares every row, and collects the refusals of the domain.
func (s Service) prepareAll(sellerID string, t *table) []store.NewOrder {
	orders := make([]store.NewOrder, 0, len(t.rows))
	for _, r := range t.rows {
		n, err := s.prepare(sellerID, r.order)
		var refused *order.Error
		switch {
		case errors.As(err, &refused):
			column := fieldColumns[refused.Field]
			t.fail(r.line, column, api.WrongValue, "%s", strings.ReplaceAll(refused.Message, refused.Field, column))
		case err != nil:
			t.fail(r.line, "", api.WrongValue, "%v", err)
		default:
			orders = append(orders, n)
		}
	}
	slices.SortStableFunc(t.errors, func(a, b api.LineError) int { return a.Line - b.Line })
	return orders
}
