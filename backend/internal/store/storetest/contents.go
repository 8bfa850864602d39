package storetest

import (
	"context"
	"errors"
	"testing"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// content returns a record of the seller with this content of ten bytes.
func content(id, seller, sha256 string) order.Upload {
	return order.Upload{ID: id, SellerID: seller, OrderID: "first", Path: "p", SHA256: sha256, Size: 10, FinishedAt: start}
}

// contents stores the same content several times for two sellers. Each seller sees
// only their own uploads, and the content counts once until the last is dropped.
func contents(f *fixture) {
	ctx := f.Context()
	all := []order.Upload{
		content("a", "ann", "x"), content("b", "ann", "x"), content("c", "ann", "y"), content("d", "bob", "x"), content("e", "an", "z"),
	}
	for range 2 { // the second call changes nothing
		f.must(f.Uploads.FinishUploads(ctx, all))
	}
	WantContent(f, f.Uploads, "ann", "x", "", "a", "b")
	WantContent(f, f.Uploads, "ann", "x", "a", "b")
	WantContent(f, f.Uploads, "ann", "y", "", "c")
	for _, none := range [][3]string{{"ann", "y", "c"}, {"ann", "z", ""}, {"ann", "", ""}, {"bob", "y", ""}, {"eve", "x", ""}, {"", "x", ""}} {
		WantContent(f, f.Uploads, none[0], none[1], none[2])
	}
	_, err := f.Uploads.UploadWith(ctx, "ann", "x", 11, "")
	f.refused(err, order.NotFound)
	for i, want := range []int64{20, 20, 10, 0} {
		sum, err := f.Uploads.StoredBytes(ctx, "ann")
		f.must(err)
		f.same("what ann has", sum, want)
		if i < 3 {
			f.must(f.Uploads.DropUpload(ctx, all[i].ID))
			f.must(f.Uploads.DropUpload(ctx, all[i].ID))
		}
	}
	WantContent(f, f.Uploads, "ann", "x", "")
	WantContent(f, f.Uploads, "bob", "x", "", "d")
}

// WantContent fails the test unless UploadWith finds one of the uploads with the
// given IDs, for this content of ten bytes.
func WantContent(t testing.TB, s store.Uploads, seller, sha256, not string, ids ...string) {
	t.Helper()
	u, err := s.UploadWith(context.Background(), seller, sha256, 10, not)
	if len(ids) == 0 {
		if !errors.Is(err, &order.Error{Code: order.NotFound}) {
			t.Errorf("%s of %s: %v, %v; want none", sha256, seller, u, err)
		}
		return
	}
	for _, id := range ids {
		if err == nil && u.ID == id && u.SellerID == seller {
			return
		}
	}
	t.Errorf("%s of %s: %v, %v; want one of %v", sha256, seller, u, err, ids)
}

// eachUpload visits every record until an error.
func eachUpload(f *fixture) {
	ctx := f.Context()
	f.must(f.Uploads.FinishUploads(ctx, []order.Upload{content("a", "ann", "x"), content("b", "bob", "y")}))
	seen := map[string]order.Upload{}
	f.must(f.Uploads.EachUpload(ctx, func(u order.Upload) error { seen[u.ID] = u; return nil }))
	f.same("the uploads", seen, map[string]order.Upload{"a": content("a", "ann", "x"), "b": content("b", "bob", "y")})
	enough, visits := errors.New("enough"), 0
	err := f.Uploads.EachUpload(ctx, func(order.Upload) error { visits++; return enough })
	if !errors.Is(err, enough) || visits != 1 {
		f.Errorf("%d visits, %v", visits, err)
	}
}
