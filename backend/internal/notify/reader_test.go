package notify_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // so that the zones do not depend on the computer

	"handover/backend/internal/notify"
	"handover/backend/order"
)

// delivered returns the buyer's letter about a delivery of the files.
func delivered(t *testing.T, buyer order.Contact, files []order.File, change func(*notify.Config)) letter {
	t.Helper()
	box := &postbox{}
	box.listen(t, false, false)
	d := open(t, t.TempDir(), func() time.Time { return fixed })
	t.Cleanup(func() { d.db.Close() })
	d.seller(order.Account{ID: "eva", Email: "eva@example.org", Name: "Eva"})
	d.place("a", "Film", buyer)
	m, err := notify.ParseMail("smtp://"+box.addr, "", "", "Handover <handover@server.example>")
	must(t, err)
	c := d.config()
	c.Mail = m
	if change != nil {
		change(&c)
	}
	t.Cleanup(start(t, notify.New(c)))
	d.do("a", order.Command{Action: order.Deliver, By: order.Seller, Work: order.Work{Description: "Done.", Files: files}})
	return next(t, box.mails).read(t)
}

// Times are in the reader's zone, with its name.
func TestTimesInTheReadersZone(t *testing.T) {
	for _, c := range []struct {
		zone     string
		language order.Language
		want     string
	}{
		{"", order.English, "Wednesday, 4 March 2026, 14:20 UTC"},
		{"Europe/Berlin", order.English, "Wednesday, 4 March 2026, 15:20 CET"},
		{"Europe/Berlin", order.German, "Mittwoch, 4. März 2026, 15:20 Uhr MEZ"},
		{"America/New_York", order.English, "Wednesday, 4 March 2026, 09:20 EST"},
		{"Pacific/Kiritimati", order.English, "Thursday, 5 March 2026, 04:20 UTC+14:00"},
		{"Pacific/Pago_Pago", order.German, "Mittwoch, 4. März 2026, 03:20 Uhr SST"},
		{"Asia/Kathmandu", order.German, "Mittwoch, 4. März 2026, 20:05 Uhr UTC+05:45"},
	} {
		t.Run(c.zone+" "+string(c.language), func(t *testing.T) {
			l := delivered(t, order.Contact{Name: "Bea", Email: "bea@example.org", Language: c.language, TimeZone: c.zone},
				[]order.File{{ID: "f", Path: "film.mov", Size: 1}}, nil)
			if !strings.Contains(l.text, c.want) || !strings.Contains(html.UnescapeString(l.html), c.want) {
				t.Errorf("no %q in\n%s", c.want, l.text)
			}
		})
	}
}

// A letter names ten files with their sizes, and says how many more there are.
func TestLettersNameFiles(t *testing.T) {
	files := []order.File{{ID: "big", Path: "a/film.mov", Size: 1_234_567_890}}
	for i := range 21 {
		files = append(files, order.File{ID: fmt.Sprint("f", i), Path: fmt.Sprintf("b/%02d.jpg", i), Size: 2_500})
	}
	for language, want := range map[order.Language][]string{
		order.English: {"* a/film.mov (1.23 GB)\n* b/00.jpg (2.5 kB)\n", "* b/08.jpg (2.5 kB)\n* and 12 more\n"},
		order.German:  {"* a/film.mov (1,23 GB)\n* b/00.jpg (2,5 kB)\n", "* b/08.jpg (2,5 kB)\n* und 12 weitere\n"},
	} {
		l := delivered(t, order.Contact{Name: "Bea", Email: "bea@example.org", Language: language}, files, nil)
		for _, w := range want {
			if !strings.Contains(l.text, w) {
				t.Errorf("no %q in\n%s", w, l.text)
			}
		}
		if strings.Contains(l.text, "b/09.jpg") {
			t.Error("the eleventh file is named")
		}
	}
}

// A letter comes with a picture where there is one, and else without.
func TestLettersCarryAPicture(t *testing.T) {
	pictures := []order.File{{ID: "f1", Path: "a.mov", Type: "video/quicktime"}, {ID: "f2", Path: "b.jpg", Type: "image/jpeg"}, {ID: "f3", Path: "c.jpg", Type: "image/jpeg"}}
	for name, c := range map[string]struct {
		of   func(order.File) ([]byte, error)
		want string
	}{
		"the first that has one": {func(f order.File) ([]byte, error) {
			if f.ID == "f2" {
				return nil, nil
			}
			return []byte("picture of " + f.ID), nil
		}, "picture of f3"},
		"none":             {func(order.File) ([]byte, error) { return nil, nil }, ""},
		"it cannot be had": {func(order.File) ([]byte, error) { return nil, errors.New("the storage is away") }, ""},
		"too large":        {func(order.File) ([]byte, error) { return make([]byte, 1<<20), nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := delivered(t, bea, pictures, func(conf *notify.Config) {
				conf.Picture = func(_ context.Context, f order.File) ([]byte, error) { return c.of(f) }
			})
			if string(l.picture) != c.want || strings.Contains(l.html, "cid:picture") != (c.want != "") {
				t.Errorf("the picture is %q, want %q; in the page %v", l.picture, c.want, strings.Contains(l.html, "cid:picture"))
			}
		})
	}
}
