package backend_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net/http"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"handover/backend/api"
	"handover/backend/order"
)

// deliver delivers with uploads, links, neither, or both.
func (w *world) deliver() {
	l := w.any()
	by := rapid.SampledFrom([]order.Party{order.Seller, order.Seller, order.Seller, order.Buyer}).Draw(w.T, "by")
	d := api.NewDelivery{
		Description:    rapid.SampledFrom([]string{"The film", "The film", ""}).Draw(w.T, "description"),
		ConfirmNoFiles: rapid.Bool().Draw(w.T, "confirmed"),
	}
	if rapid.Bool().Draw(w.T, "with a link") {
		d.Links = []order.Link{{URL: rapid.SampledFrom([]string{"https://example.org/film", "http://example.org"}).Draw(w.T, "link")}}
	}
	for i := range rapid.IntRange(0, 2).Draw(w.T, "files") {
		if w.may(l) && rapid.Bool().Draw(w.T, "upload") {
			w.upload(l, fmt.Sprintf("film %d of %d", i, len(l.uploads)))
		}
		kept := w.kept(l)
		if len(kept) == 0 {
			break
		}
		f := rapid.SampledFrom(kept).Draw(w.T, "file")
		d.Files = append(d.Files, api.DeliveredFile{Upload: f.ID, Path: f.Path, Size: f.Size, SHA256: f.SHA256})
	}
	if len(d.Files) > 0 {
		switch rapid.IntRange(0, 9).Draw(w.T, "spoil") {
		case 0:
			d.Files[0].Upload = "0123456789abcdef"
		case 1:
			d.Files[0].Size++
		}
	}
	key := fmt.Sprint("delivery ", rapid.IntRange(0, 20).Draw(w.T, "key"))
	w.perform(w.conditional(w.barred(forSellers(w.delivery(l, by, key, d)))))
}

// kept are the uploads that the server has: what no delivery names is removed
// some time after the order is over.
func (w *world) kept(l *lived) (files []order.File) {
	for _, f := range l.uploads {
		if w.may(l) || slices.ContainsFunc(l.Deliveries, func(d order.Delivery) bool {
			return slices.ContainsFunc(d.Files, func(g order.File) bool { return g.ID == f.ID })
		}) {
			files = append(files, f)
		}
	}
	return files
}

// may reports whether the seller can upload for the order now.
func (w *world) may(l *lived) bool {
	o := l.copied()
	o.Advance(w.now, w.policy)
	return o.Permit(order.Deliver, order.Seller) == nil
}

func (w *world) delivery(l *lived, by order.Party, key string, d api.NewDelivery) attempt {
	raw, _ := json.Marshal(d)
	body := string(raw)
	r := request{method: "POST", path: l.path(deliverRoute), as: l.token(by), body: body, header: []string{idempotencyField, key}}
	t := attempt{request: r, on: l, by: by, then: func() { l.answered[key] = body }}
	t.first = func() (bool, error) {
		if done, ok := l.answered[key]; ok && done != body {
			return false, &order.Error{Code: order.Exists, Field: idempotencyField}
		} else if ok {
			return true, nil
		}
		for _, f := range d.Files {
			if _, ok := l.uploaded(f.Upload); !ok {
				return false, errMissing
			}
		}
		return false, nil
	}
	t.do = func(o *order.Order) ([]order.Event, error) {
		files := make([]order.File, len(d.Files))
		for i, f := range d.Files {
			if files[i], _ = l.uploaded(f.Upload); files[i].Size != f.Size {
				return nil, errMissing
			}
		}
		return o.Apply(order.Command{Action: order.Deliver, By: by, Work: order.Work{
			Description: d.Description, Files: files, Links: d.Links, ConfirmNoFiles: d.ConfirmNoFiles, Seller: l.seller.name, Server: lifeURL,
		}}, w.now, w.policy)
	}
	return t
}

var errMissing = &order.Error{Code: order.UploadMissing, Field: "files"}

func (l *lived) uploaded(id string) (order.File, bool) {
	at := slices.IndexFunc(l.uploads, func(u order.File) bool { return u.ID == id })
	if at < 0 {
		return order.File{}, false
	}
	return l.uploads[at], true
}

// again delivers what was delivered before, as whoever lost the answer does.
func (w *world) again() {
	l := w.any()
	if len(l.answered) == 0 {
		return
	}
	keys := make([]string, 0, len(l.answered))
	for key := range l.answered {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	key := rapid.SampledFrom(keys).Draw(w.T, "key again")
	var d api.NewDelivery
	if err := json.Unmarshal([]byte(l.answered[key]), &d); err != nil {
		w.Fatal(err)
	}
	w.perform(w.delivery(l, order.Seller, key, d))
}

// upload sends a file by tus, in one piece.
func (w *world) upload(l *lived, text string) {
	encode := base64.StdEncoding.EncodeToString
	path := fmt.Sprintf("Fotos/%d ä.jpg", len(l.uploads))
	a := w.must(request{method: "POST", path: "/uploads/", as: l.seller.token, body: text, header: []string{
		"Tus-Resumable", "1.0.0", "Upload-Length", fmt.Sprint(len(text)), "Content-Type", "application/offset+octet-stream",
		"Upload-Metadata", "order " + encode([]byte(l.ID)) + ",path " + encode([]byte(path)),
	}})
	if a.status != http.StatusCreated || a.header.Get("Upload-Offset") != fmt.Sprint(len(text)) {
		w.Fatalf("upload for an order that is %s: %d %s", l.Status, a.status, a.raw)
	}
	location := a.header.Get("Location")
	sum := sha256.Sum256([]byte(text))
	l.uploads = append(l.uploads, order.File{
		ID: location[strings.LastIndexByte(location, '/')+1:], Path: path, Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:]),
		CRC32: fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(text))),
	})
}
