package app

import (
	"bytes"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"handover/app/internal/desk"
	"handover/app/internal/orders"
	"handover/backend/api"
	"handover/backend/order"
)

// ImportPreview holds the orders and the errors of a file. The orders are not
// placed yet.
type ImportPreview struct {
	ID     string        `json:"id"`   // for PlaceImport; "" when the seller cancelled or the file has errors
	Name   string        `json:"name"` // of the file; "" when the seller cancelled
	Count  int           `json:"count"`
	Orders []ImportOrder `json:"orders"` // the first 500
	Wrong  int           `json:"wrong"`  // number of errors; a file with errors cannot be placed
	Errors []ImportError `json:"errors"` // the first 500
}

// ImportOrder is an order of a file.
type ImportOrder struct {
	Line     int    `json:"line"`
	ID       string `json:"id"`
	Title    string `json:"title"`
	Buyer    string `json:"buyer"`
	Email    string `json:"email"`
	DueAt    string `json:"dueAt"`
	Price    string `json:"price"`
	Currency string `json:"currency"`
	URL      string `json:"url"` // the buyer's link, once the order is placed
}

// ImportError is an error in a line of a file. The header is line 1.
type ImportError struct {
	Line    int    `json:"line"`
	Field   string `json:"field"` // the column; "" for the line itself
	Code    string `json:"code"`
	Message string `json:"message"`
}

// PlacedImport holds all orders of a placed file.
type PlacedImport struct {
	Orders []ImportOrder `json:"orders"`
	// Before is set when the same file was placed earlier. The orders are those of
	// that time; none was placed again.
	Before bool `json:"before"`
}

// previewed is how many orders and errors of a file the page receives.
const previewed = 500

// imports holds the file that was chosen last. Its content is kept, so that the
// placed orders are the previewed ones even if the file changes.
type imports struct {
	mu       sync.Mutex
	id       string
	file     []byte
	timezone string
	placed   []api.ImportedOrder
}

// ChooseImport asks the seller for a CSV file and previews it. Dates without a
// zone are in the given time zone, such as Europe/Berlin.
func (b *Orders) ChooseImport(timezone string) (ImportPreview, error) {
	return ask(b.p, func(d *desk.Desk) (ImportPreview, error) {
		paths, err := b.p.window.OpenFiles()
		if err != nil || len(paths) == 0 {
			return viewImport("", "", api.Imported{}), err
		}
		if len(paths) > 1 {
			return ImportPreview{}, &order.Error{Code: order.Invalid, Field: "file", Message: "choose one file"}
		}
		file, err := orders.ReadImport(paths[0])
		if err != nil {
			return ImportPreview{}, err
		}
		found, err := d.Orders.Import(b.p.ctx, api.Import{File: file, Timezone: timezone, DryRun: true})
		var wrong *api.Problem
		if errors.As(err, &wrong) && len(wrong.Errors) > 0 {
			return viewImport("", filepath.Base(paths[0]), api.Imported{Wrong: len(wrong.Errors), Errors: wrong.Errors}), nil
		}
		if err != nil {
			return ImportPreview{}, err
		}
		return viewImport(b.p.imports.choose(file, timezone), filepath.Base(paths[0]), found), nil
	})
}

// PlaceImport places all orders of the file that was chosen last, or none. The
// same file is placed only once.
func (b *Orders) PlaceImport(id string) (PlacedImport, error) {
	return ask(b.p, func(d *desk.Desk) (PlacedImport, error) {
		file, timezone, err := b.p.imports.chosen(id)
		if err != nil {
			return PlacedImport{}, err
		}
		placed, before, err := d.Orders.ImportOnce(b.p.ctx, file, timezone)
		if err != nil {
			return PlacedImport{}, err
		}
		b.p.imports.place(id, placed.Orders)
		return PlacedImport{Orders: viewImportOrders(placed.Orders), Before: before}, nil
	})
}

// SaveImport asks the seller for a file, saves the placed orders with their
// buyers' links there as CSV, and returns its path; "" when the seller cancels.
func (b *Orders) SaveImport(id string) (string, error) {
	return ask(b.p, func(*desk.Desk) (string, error) {
		list, err := b.p.imports.links(id)
		if err != nil {
			return "", err
		}
		return b.p.keep("links.csv", list)
	})
}

func (i *imports) choose(file []byte, timezone string) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.id, i.file, i.timezone, i.placed = rand.Text(), file, timezone, nil
	return i.id
}

var errOtherImport = &order.Error{Code: order.NotFound, Message: "another file was chosen since; choose this one again"}

func (i *imports) chosen(id string) (file []byte, timezone string, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if id == "" || id != i.id {
		return nil, "", errOtherImport
	}
	return i.file, i.timezone, nil
}

func (i *imports) place(id string, placed []api.ImportedOrder) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.id == id {
		i.placed = placed
	}
}

// links writes the placed orders with their links.
func (i *imports) links(id string) ([]byte, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if id == "" || id != i.id || i.placed == nil {
		return nil, errOtherImport
	}
	var out bytes.Buffer
	out.WriteString("\ufeff") // without it Excel does not recognise UTF-8
	w := csv.NewWriter(&out)
	rows := [][]string{{"order", "title", "client_name", "client_email", "due", "review_url"}}
	for _, o := range i.placed {
		rows = append(rows, []string{o.ID, o.Title, o.Client, o.Email, o.DueAt.UTC().Format(time.RFC3339), o.ReviewURL})
	}
	for _, row := range rows {
		for n := range row {
			row[n] = harmless(row[n])
		}
	}
	err := w.WriteAll(rows)
	return out.Bytes(), err
}

// harmless keeps spreadsheets from reading a cell as a formula. Titles and names
// come from others.
func harmless(cell string) string {
	if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r") {
		return "'" + cell
	}
	return cell
}

func viewImport(id, name string, found api.Imported) ImportPreview {
	v := ImportPreview{
		ID: id, Name: name, Count: len(found.Orders), Wrong: found.Wrong,
		Orders: viewImportOrders(found.Orders[:min(previewed, len(found.Orders))]),
		Errors: make([]ImportError, min(previewed, len(found.Errors))),
	}
	for i := range v.Errors {
		e := found.Errors[i]
		v.Errors[i] = ImportError{Line: e.Line, Field: e.Field, Code: string(e.Code), Message: e.Message}
	}
	return v
}

func viewImportOrders(orders []api.ImportedOrder) []ImportOrder {
	v := make([]ImportOrder, len(orders))
	for i, o := range orders {
		v[i] = ImportOrder{
			Line: o.Line, ID: o.ID, Title: o.Title, Buyer: o.Client, Email: o.Email, DueAt: stamp(o.DueAt), URL: o.ReviewURL,
		}
		if o.Price != nil {
			v[i].Price, v[i].Currency = o.Price.Amount, o.Price.Currency
		}
	}
	return v
}
