package placement

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"handover/backend/api"
	"handover/backend/order"
)

// The columns of a file of orders. The first four are required.
const (
	colTitle    = "title"
	colName     = "client_name"
	colEmail    = "client_email"
	colDue      = "due"
	colPrice    = "price"
	colCurrency = "currency"
	colLanguage = "language"
	colTimeZone = "time_zone"
	colNotes    = "notes"
)

var (
	required = []string{colTitle, colName, colEmail, colDue}
	columns  = append(slices.Clone(required), colPrice, colCurrency, colLanguage, colTimeZone, colNotes)
)

// The bounds of a file of orders.
const (
	MaxImportLines = 10_000   // orders
	MaxImportBytes = 10 << 20 // of the whole file
	// maxLineErrors bounds the answer to a file with errors in every line.
	maxLineErrors = 1_000
)

// row is an order of the file with its first line.
type row struct {
	line  int
	order api.NewOrder
}

// table reads a file of orders line by line and collects errors.
type table struct {
	zone   *time.Location
	reader *csv.Reader
	header []string // the columns in the file's order
	read   int      // orders, valid or not
	rows   []row    // the valid orders
	errors []api.LineError
	wrong  int // number of errors
}

// readTable reads a file as spreadsheets save it: the encodings of plainText, a
// header row, and fields separated by commas, semicolons or tabs. All cells are text,
// also formulas.
func readTable(file []byte, zone *time.Location) *table {
	t := &table{zone: zone}
	text, at, ok := plainText(file)
	if !ok {
		t.fail(1+bytes.Count(file[:at], []byte("\n")), "", api.NoText, "this is not UTF-8; save the file as “CSV UTF-8”")
		return t
	}
	text, comma := separator(text)
	t.reader = csv.NewReader(bytes.NewReader(text))
	t.reader.Comma = comma
	t.reader.FieldsPerRecord = -1 // addRow has a better message
	if t.readHeader() {
		t.readRows()
	}
	return t
}

func firstInvalid(file []byte) int {
	at := 0
	for at < len(file) {
		r, size := utf8.DecodeRune(file[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

func (t *table) fail(line int, field string, code api.LineCode, format string, args ...any) {
	t.wrong++
	if len(t.errors) < maxLineErrors {
		t.errors = append(t.errors, api.LineError{Line: line, Field: field, Code: code, Message: fmt.Sprintf(format, args...)})
	}
}

func (t *table) readHeader() bool {
	fields, err := t.reader.Read()
	if errors.Is(err, io.EOF) {
		t.fail(1, "", api.NoOrders, "the file is empty; its first line names the columns: %s", strings.Join(columns, ", "))
		return false
	}
	if err != nil {
		t.failed(err)
		return false
	}
	for _, name := range fields {
		name = strings.ToLower(strings.TrimSpace(name))
		switch {
		case !slices.Contains(columns, name):
			t.fail(1, name, api.UnknownColumn, "there is no column %q; the columns are %s", name, strings.Join(columns, ", "))
		case slices.Contains(t.header, name):
			t.fail(1, name, api.RepeatedColumn, "the column %q is there twice", name)
		}
		t.header = append(t.header, name)
	}
	for _, name := range required {
		if !slices.Contains(t.header, name) {
			t.fail(1, name, api.MissingColumn, "the column %q is missing", name)
		}
	}
	return t.wrong == 0
}

// failed records that the rest of the file cannot be read.
func (t *table) failed(err error) {
	line := 1
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		line, err = parse.StartLine, parse.Err
	}
	t.fail(line, "", api.NoCSV, "this is no line of a CSV file: %v; what follows was not read", err)
}

func (t *table) readRows() {
	for {
		fields, err := t.reader.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.failed(err)
			return
		}
		line, _ := t.reader.FieldPos(0)
		switch blank := strings.TrimSpace(strings.Join(fields, "")) == ""; {
		case blank:
			// A spreadsheet also writes emptied rows.
		case t.read == MaxImportLines:
			t.fail(line, "", api.TooManyOrders, "a file has at most %d orders", MaxImportLines)
			return
		case len(fields) != len(t.header):
			t.read++
			t.fail(line, "", api.WrongFields, "the line has %d fields, the header has %d", len(fields), len(t.header))
		default:
			t.addRow(line, fields)
		}
	}
}

func (t *table) addRow(line int, fields []string) {
	t.read++
	before := t.wrong
	value := map[string]string{}
	for i, name := range t.header {
		value[name] = strings.TrimSpace(fields[i])
	}
	n := api.NewOrder{
		Title: value[colTitle], Notes: value[colNotes],
		Buyer: order.Contact{
			Name: value[colName], Email: value[colEmail], Language: order.Language(strings.ToLower(value[colLanguage])), TimeZone: value[colTimeZone],
		},
	}
	var err error
	if n.DueAt, err = readDue(value[colDue], t.zone); err != nil {
		t.fail(line, colDue, api.WrongValue, "%v", err)
	}
	if n.Price, err = readPrice(value[colPrice], value[colCurrency]); err != nil {
		t.fail(line, colPrice, api.WrongValue, "%v", err)
	}
	if t.wrong == before {
		t.rows = append(t.rows, row{line, n})
	}
}
