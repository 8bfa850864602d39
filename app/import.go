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

// ImportPreview is a file of orders that the seller chose, and what is in it or wrong
// with it; nothing is placed yet.
type ImportPreview struct {
	ID     string        `json:"id"`   // for placing it; "" when the seller chose none
	Name   string        `json:"name"` // of the file
	Count  int           `json:"count"`
	Orders []ImportOrder `json:"orders"` // the first of them
	Wrong  int           `json:"wrong"`  // nothing can be placed when there is any
	Errors []ImportError `json:"errors"` // the first of them
}

// ImportOrder is an order of a file. It has an address once it is placed.
type ImportOrder struct {
	Line     int    `json:"line"`
	ID       string `json:"id"`
	Title    string `json:"title"`
	Buyer    string `json:"buyer"`
	Email    string `json:"email"`
	DueAt    string `json:"dueAt"`
	Price    string `json:"price"`
	Currency string `json:"currency"`
	URL      string `json:"url"` // the buyer's link
}

// ImportError is something wrong in a line of a file, the header being line 1.
type ImportError struct {
	Line    int    `json:"line"`
	Field   string `json:"field"` // the column; "" for the line itself
	Code    string `json:"code"`
	Message string `json:"message"`
}

// PlacedImport is what was placed of a file, all of it.
type PlacedImport struct {
	Orders []ImportOrder `json:"orders"`
	// Before is set when the same file was placed before; nothing was placed
	// again, and these are the orders of then.
	Before bool `json:"before"`
}

// previewed bounds what the window gets of a long file.
const previewed = 500

// imports is the file that was chosen last. What is placed is what was shown,
// whatever has become of the file since.
type imports struct {
	mu       sync.Mutex
	id       string
	file     []byte
	timezone string
	placed   []api.ImportedOrder
}

// ChooseImport lets the seller choose a CSV file and says what is in it. Dates
// without a zone are in the named one, such as Europe/Berlin.
func (a *App) ChooseImport(timezone string) (ImportPreview, error) {
	return ask(a, func(d *desk.Desk) (ImportPreview, error) {
		paths, err := a.p.window.OpenFiles()
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
		found, err := d.Orders.Import(a.p.ctx, api.Import{File: file, Timezone: timezone, DryRun: true})
		var wrong *api.Problem
		if errors.As(err, &wrong) && len(wrong.Errors) > 0 {
			return viewImport("", filepath.Base(paths[0]), api.Imported{Wrong: len(wrong.Errors), Errors: wrong.Errors}), nil
		}
		if err != nil {
			return ImportPreview{}, err
		}
		return viewImport(a.p.imports.choose(file, timezone), filepath.Base(paths[0]), found), nil
	})
}

// PlaceImport places the orders of the file that was chosen last, all or none,
// and the same file only once.
func (a *App) PlaceImport(id string) (PlacedImport, error) {
	return ask(a, func(d *desk.Desk) (PlacedImport, error) {
		file, timezone, err := a.p.imports.chosen(id)
		if err != nil {
			return PlacedImport{}, err
		}
		placed, before, err := d.Orders.ImportOnce(a.p.ctx, file, timezone)
		if err != nil {
			return PlacedImport{}, err
		}
		a.p.imports.place(id, placed.Orders)
		return PlacedImport{Orders: viewImportOrders(placed.Orders), Before: before}, nil
	})
}

// SaveImport lets the seller choose where the placed orders with their buyers'
// links are kept as CSV, and returns the file's path, "" when they cancel.
func (a *App) SaveImport(id string) (string, error) {
	return ask(a, func(*desk.Desk) (string, error) {
		list, err := a.p.imports.links(id)
		if err != nil {
			return "", err
		}
		return a.p.keep("links.csv", list)
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
	out.WriteString("\ufeff") // without it Excel takes UTF-8 for something else
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

// harmless keeps spreadsheets from taking a cell for a formula: titles and
// names are anybody's text.
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
