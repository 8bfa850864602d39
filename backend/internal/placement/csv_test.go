package placement_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"handover/backend/api"
	"handover/backend/internal/placement"
	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

var morning = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// plainLinks derives tokens that a test can read.
type plainLinks struct{}

func (plainLinks) ViewToken(orderID string, number int) string {
	return fmt.Sprintf("view %s/%d", orderID, number)
}

func (plainLinks) ReviewToken(id string, generation int) string {
	return fmt.Sprintf("%s-%d", id, generation)
}

func service(t testing.TB) (placement.Service, *bolt.Store) {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "handover.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return placement.Service{
		Store: s.Orders, Links: plainLinks{}, Now: func() time.Time { return morning },
		PublicURL: func() string { return "https://handover.example" },
	}, s
}

// all returns the seller's orders as stored, soonest due first.
func all(t testing.TB, s *bolt.Store) []order.Order {
	t.Helper()
	page, err := s.Orders.List(t.Context(), store.Query{SellerID: "eva", Limit: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	return page.Orders
}

const german = "\ufeffTitle;Client_Name;client_email;due;price;currency;language;time_zone;notes\r\n" +
	"Hochzeitsfilm;Bea Müller;bea@example.org;27.11.2026;1.480,00 €;;de;Asia/Tokyo;\"zahlt spät;\r\nfreundlich\"\r\n" +
	";;;;;;;;\r\n" +
	"Logo;Café Größe;cafe@example.org;28.11.2026 14:20;240,5;chf;;;\r\n"

func TestImportOfWhatASpreadsheetSaves(t *testing.T) {
	svc, s := service(t)
	got, err := svc.Import(t.Context(), "eva", api.Import{File: []byte(german), Timezone: "Europe/Berlin"})
	if err != nil || got.Wrong != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	orders := all(t, s)
	if len(orders) != 2 || len(got.Orders) != 2 {
		t.Fatalf("%d orders, %+v", len(orders), got)
	}
	film, logo := orders[0], orders[1]
	want := order.Order{
		ID: film.ID, SellerID: "eva", Title: "Hochzeitsfilm", Notes: "zahlt spät;\nfreundlich", Status: order.Active, PlacedAt: morning,
		Buyer:            order.Contact{Name: "Bea Müller", Email: "bea@example.org", Language: order.German, TimeZone: "Asia/Tokyo"},
		Price:            order.Money{Hundredths: 148_000, Currency: "EUR"},
		DueAt:            time.Date(2026, 11, 27, 22, 59, 59, 0, time.UTC), // the end of the day in Berlin
		ReviewGeneration: 1, ReviewHash: film.ReviewHash, Version: 1,
	}
	if diff := cmp.Diff(want, film); diff != "" {
		t.Errorf("the film (-want +got):\n%s", diff)
	}
	if logo.Price != (order.Money{Hundredths: 24_050, Currency: "CHF"}) || !logo.DueAt.Equal(time.Date(2026, 11, 28, 13, 20, 0, 0, time.UTC)) {
		t.Errorf("the logo: %+v", logo)
	}
	if line := got.Orders[1]; line.Line != 5 || line.ID != logo.ID || line.ReviewURL != "https://handover.example/review/"+logo.ID+"-1" {
		t.Errorf("its line: %+v", line)
	}
	if o, err := svc.Reviewed(t.Context(), logo.ID+"-1"); err != nil || o.ID != logo.ID {
		t.Errorf("its link: %+v, %v", o, err)
	}
}

func TestImportOfCommas(t *testing.T) {
	svc, s := service(t)
	file := "due,title,client_email,client_name,price\n2026-11-27T10:00:00+02:00,\"Film, 4K\",b@example.org,\"Bea \"\"B\"\"\",\"1,480.00\"\n"
	if got, err := svc.Import(t.Context(), "eva", api.Import{File: []byte(file)}); err != nil || got.Wrong != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	o := all(t, s)[0]
	if o.Title != "Film, 4K" || o.Buyer.Name != `Bea "B"` || o.Price.Hundredths != 148_000 || !o.DueAt.Equal(morning.Add(71*time.Hour)) {
		t.Errorf("%+v", o)
	}
}

// Each line with all that is wrong in it, and nothing placed.
func TestImportNamesWhatIsWrong(t *testing.T) {
	const head = "title,client_name,client_email,due,price,currency,language,notes\n"
	const good = "Film,Bea,b@example.org,2026-11-27,,,,\n"
	long := strings.Repeat("x", 2_501)
	for _, tc := range []struct {
		name, file string
		want       []string // line:field
	}{
		{"empty", "", []string{"1:"}},
		{"only a header", head, []string{"2:"}},
		{"only blank rows", head + ",,,,,,,\n\n", []string{"2:"}},
		{"no header", good, []string{"1:film", "1:bea", "1:b@example.org", "1:2026-11-27", "1:", "1:", "1:", "1:", "1:title", "1:client_name", "1:client_email", "1:due"}},
		{"a missing column", "title,client_name,due\nFilm,Bea,2026-11-27\n", []string{"1:client_email"}},
		{"a column twice", "title,title,client_name,client_email,due\n", []string{"1:title"}},
		{"an unknown column", "title,client_name,client_email,due,colour\n", []string{"1:colour"}},
		{"values", head + good +
			",Bea,b@example.org,2026-11-27,,,,\n" +
			"Film,,b@example.org,2026-11-27,,,,\n" +
			"Film,Bea,Bea <b@example.org>,2026-11-27,,,,\n" +
			"Film,Bea,b@example.org,tomorrow,1.480,,,\n" +
			"Film,Bea,b@example.org,,,EUR,,\n" +
			"Film,Bea,b@example.org,31.02.2026,-1,,,\n" +
			"Film,Bea,b@example.org,2026-11-27,1,euro,,\n" +
			"Film,Bea,b@example.org,2026-11-27,,,fr,\n" +
			"Film,Bea,b@example.org,2026-11-27,,,," + long + "\n" +
			"Film,Bea,b@example.org,0026-11-27,,,,\n" +
			"Film\x00,Bea,b@example.org,2026-11-27,,,,\n" + good,
			[]string{
				"3:title", "4:client_name", "5:client_email", "6:due", "6:price", "7:due", "7:price", "8:due", "8:price",
				"9:currency", "10:language", "11:notes", "12:due", "13:title",
			}},
		{"a time zone", "title,client_name,client_email,due,time_zone\nFilm,Bea,b@example.org,2026-11-27,Tokyo\nFilm,Bea,b@example.org,2026-11-27,Local\n", []string{"2:time_zone", "3:time_zone"}},
		{"fields", head + "Film,Bea\n" + good + good[:len(good)-1] + ",more\n", []string{"2:", "4:"}},
		{"a stray quote", head + good + "Fi\"lm,Bea,b@example.org,2026-11-27,,,,\n" + good, []string{"3:"}},
		{"an open quote", head + good + "\"Film,Bea\n\n\n", []string{"3:"}},
		{"damaged UTF-8", head + good + "Größ\xc3,Bea,b@example.org,2026-11-27,,,,\n", []string{"3:"}},
		{"no text", head + "\x89PNG\r\n\x1a\n\x00\x00\xff", []string{"2:"}},
		{"UTF-16 that is cut short", "\xff\xfet\x00i", []string{"1:"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			svc, s := service(t)
			got, err := svc.Import(t.Context(), "eva", api.Import{File: []byte(tc.file)})
			if err != nil {
				t.Fatal(err)
			}
			places := []string{}
			for _, e := range got.Errors {
				places = append(places, fmt.Sprintf("%d:%s", e.Line, e.Field))
				if e.Message == "" || e.Code == "" {
					t.Errorf("no words for %+v", e)
				}
			}
			if diff := cmp.Diff(tc.want, places); diff != "" {
				t.Errorf("(-want +got):\n%s\n%+v", diff, got.Errors)
			}
			if got.Wrong != len(tc.want) || len(got.Orders) != 0 || len(all(t, s)) != 0 {
				t.Errorf("%d wrong, placed %+v", got.Wrong, got.Orders)
			}
		})
	}
}

func TestAmounts(t *testing.T) {
	for text, want := range map[string]int64{ // -1 for refused
		"480": 48_000, "480.00": 48_000, "480,00": 48_000, "480,5": 48_050, "0": 0, "0.01": 1,
		"1.480,00": 148_000, "1,480.00": 148_000, "1 480,00": 148_000, "1’480.50": 148_050, "1\u202f480": 148_000, "12.345.678,90": 1_234_567_890,
		"480,00 €": 48_000, "€ 480.00": 48_000, "999999999999": 99_999_999_999_900,
		"1.480": -1, "1,480": -1, "1.480.00": -1, "1,2,3": -1, "-1": -1, "1e3": -1, "480 EUR": -1, "$480": -1, "9999999999999": -1, "٤٨٠": -1, ".5": -1, "5.": -1,
	} {
		t.Run(text, func(t *testing.T) {
			svc, s := service(t)
			file := "title;client_name;client_email;due;price\nFilm;Bea;b@example.org;2026-11-27;" + text + "\n"
			got, err := svc.Import(t.Context(), "eva", api.Import{File: []byte(file)})
			if err != nil {
				t.Fatal(err)
			}
			if want < 0 {
				if got.Wrong != 1 || got.Errors[0].Field != "price" {
					t.Errorf("want a refusal, got %+v", got)
				}
				return
			}
			if orders := all(t, s); got.Wrong != 0 || len(orders) != 1 || orders[0].Price.Hundredths != want || orders[0].Price.Currency != "EUR" {
				t.Errorf("%+v, %+v", got, orders)
			}
		})
	}
}

// However a spreadsheet saves them, letters and separators are what they were.
func TestImportOfEncodings(t *testing.T) {
	const head = "title;client_name;client_email;due;notes\r\n"
	const row = "Größe – 10 €;Café;b@example.org;27.11.2026;\"=HYPERLINK(\"\"x\"\")\"\r\n"
	western, err := charmap.Windows1252.NewEncoder().String(head + row)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(head+row, ";", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"UTF-8":                   head + row,
		"UTF-8 with a mark":       "\ufeff" + head + row,
		"Windows-1252":            western,
		"UTF-16 with tabs":        wide,
		"Excel's named separator": "sep=|\r\n" + strings.ReplaceAll(head+row, ";", "|"),
	} {
		t.Run(name, func(t *testing.T) {
			svc, s := service(t)
			got, err := svc.Import(t.Context(), "eva", api.Import{File: []byte(file)})
			if err != nil || got.Wrong != 0 || len(got.Orders) != 1 {
				t.Fatalf("%+v, %v", got, err)
			}
			o := all(t, s)[0]
			if o.Title != "Größe – 10 €" || o.Buyer.Name != "Café" || o.Notes != `=HYPERLINK("x")` {
				t.Errorf("%q, %q, %q", o.Title, o.Buyer.Name, o.Notes)
			}
			if line := got.Orders[0].Line; name == "Excel's named separator" && line != 3 {
				t.Errorf("it is in line %d", line)
			}
		})
	}
}
