package app

import (
	"encoding/base64"

	"handover/app/internal/desk"
	"handover/backend/api"
	"handover/backend/order"
)

// Point is a change that the buyer asked for at a place in the work.
type Point struct {
	ID       string  `json:"id"`
	Number   int     `json:"number"`
	Delivery int     `json:"delivery"`
	File     string  `json:"file"`    // ID; "" for the whole delivery
	Path     string  `json:"path"`    // of the file
	Picture  bool    `json:"picture"` // Picture can return the file
	X        float64 `json:"x"`       // 0 to 1 from the left; -1 for no place
	Y        float64 `json:"y"`
	Seconds  float64 `json:"seconds"` // -1 for no time
	Page     int     `json:"page"`    // 0 for none
	Line     int     `json:"line"`    // 0 for none
	Text     string  `json:"text"`
	Author   string  `json:"author"`
	SentAt   string  `json:"sentAt"`
	DoneIn   int     `json:"doneIn"` // number of the delivery that marked it as done; 0 for none
}

// Picture returns a delivered picture as a data URL.
func (b *Orders) Picture(id string, delivery int, file string) (string, error) {
	return ask(b.p, func(d *desk.Desk) (string, error) {
		content, kind, err := d.Orders.Picture(b.p.ctx, id, delivery, file)
		if err != nil {
			return "", err
		}
		return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(content), nil
	})
}

func viewPoints(o api.Order) []Point {
	files := map[string]order.File{}
	for _, d := range o.Deliveries {
		for _, f := range d.Files {
			files[f.ID] = f
		}
	}
	v := make([]Point, len(o.Points))
	for i, c := range o.Points {
		f := files[c.File]
		v[i] = Point{
			ID: c.ID, Number: c.Number, Delivery: c.Delivery, File: c.File, Path: f.Path, Picture: api.IsPicture(f.Type),
			X: -1, Y: -1, Seconds: -1, Page: c.Page, Line: c.Line, Text: c.Text, Author: c.Author.Name,
			SentAt: stampOf(c.SentAt), DoneIn: c.DoneIn,
		}
		if c.Point != nil {
			v[i].X, v[i].Y = c.Point.X, c.Point.Y
		}
		if c.Seconds != nil {
			v[i].Seconds = *c.Seconds
		}
	}
	return v
}
