package app

import (
	"slices"
	"time"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/orders"
	"handover/app/internal/preflight"
	"handover/backend/api"
	"handover/backend/order"
)

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func stampOf(t *time.Time) string {
	if t == nil {
		return ""
	}
	return stamp(*t)
}

func viewRow(o orders.Summary) OrderRow {
	return OrderRow{
		ID: o.ID, Title: o.Title, Buyer: o.Buyer, Status: o.Status, Late: o.Late,
		DueAt: stamp(o.DueAt), ReviewEndsAt: stamp(o.ReviewEndsAt),
		CompletedAt: stamp(o.CompletedAt), CompletedBy: string(o.CompletedBy), CancelledAt: stamp(o.CancelledAt),
		Price: o.Price.Amount, Currency: o.Price.Currency, Payment: o.Payment, ClearsAt: stamp(o.ClearsAt),
		Deliveries: o.Deliveries, CancellationBy: string(o.CancellationBy), CanDeliver: o.CanDeliver, HasDraft: o.HasDraft,
		Unread: o.Unread.Messages + o.Unread.Other, UnreadMessages: o.Unread.Messages,
	}
}

func viewPage(o api.Order, asOf time.Time, offline bool) OrderPage {
	page := OrderPage{
		Order: viewRow(orders.SummaryOf(o)), PlacedAt: stamp(o.PlacedAt), BuyerEmail: o.Buyer.Email,
		Deliveries: make([]Delivery, 0, len(o.Deliveries)), AsOf: stamp(asOf), Offline: offline,
		Points: viewPoints(o), Allowed: append([]order.Action{}, o.Allowed...), Cancellation: viewCancellation(o.Cancellation), Notes: o.Notes, Version: o.Version,
	}
	if o.ChangeRequest != nil {
		page.ChangeRequest = o.ChangeRequest.Message
	}
	for _, d := range slices.Backward(o.Deliveries) {
		page.Deliveries = append(page.Deliveries, viewDelivery(d))
	}
	return page
}

func viewDelivery(d api.Delivery) Delivery {
	v := Delivery{
		Number: d.Number, DeliveredAt: stamp(d.DeliveredAt), Description: d.Description,
		Files: make([]SharedFile, len(d.Files)), Links: viewLinks(d.Links), Arranged: d.Arranged,
		OpenedAt: stampOf(d.OpenedAt), DownloadedAt: downloadedAt(d),
	}
	for i, f := range d.Files {
		v.Files[i] = SharedFile{ID: f.ID, Path: f.Path, Size: f.Size, SHA256: f.SHA256}
	}
	return v
}

func viewLinks(links []order.Link) []Link {
	v := make([]Link, len(links))
	for i, l := range links {
		v[i] = Link{URL: l.URL, Label: l.Label}
	}
	return v
}

func viewDraft(d *desk.Desk, dr draft.Draft) Draft {
	p := d.Uploads.Progress(dr)
	v := Draft{
		Order: dr.Order, Description: dr.Description, Files: make([]DraftFile, len(dr.Files)), Links: viewLinks(dr.Links),
		Done: append([]string{}, dr.Done...), UpdatedAt: stamp(dr.UpdatedAt), Delivering: d.Delivery.Pending(dr.Order), Revision: dr.Revision,
		Progress: Progress{Sent: p.Sent, Total: p.Total, Rate: int64(p.Rate), Seconds: seconds(p.Left)},
		Notice:   Problem{Code: dr.Notice.Code, Message: dr.Notice.Message}, Arranged: len(dr.Arranged) > 0,
	}
	_, watched := d.Folder.State()
	for i, f := range dr.Files {
		v.Files[i] = DraftFile{
			Path: f.Path, Source: f.Source, Size: f.Size, Sent: p.Files[f.Path], State: string(f.State), SHA256: f.SHA256,
			Taken: f.Origin == draft.FromDelivery, InFolder: watched && f.Origin == draft.FromFolder,
			Problem: Problem{Code: f.Fault.Code, Message: f.Fault.Message},
		}
		if f.State == draft.Verified {
			v.Files[i].Sent = f.Size
		}
		if done, checking := d.Uploads.Checked(dr.Order, f.Path); checking {
			v.Files[i].State, v.Files[i].Sent = "checking", done
		}
	}
	return v
}

func viewAttached(d *desk.Desk, dr draft.Draft, refused []desk.Refused) Attached {
	v := Attached{Draft: viewDraft(d, dr), Refused: make([]Refused, len(refused))}
	for i, r := range refused {
		v.Refused[i] = Refused{Path: r.Path, Problem: Problem{Code: r.Err.Code, Message: r.Err.Message}}
	}
	return v
}

func viewRecovery(r draft.Recovered) Recovery {
	v := Recovery{Kind: "anew", AsOf: stamp(r.AsOf), SetAside: r.SetAside}
	if r.From != "" {
		v.Kind = "copy"
	}
	return v
}

func viewFindings(findings []preflight.Finding) []Finding {
	v := make([]Finding, len(findings))
	for i, f := range findings {
		v[i] = Finding{Code: f.Code, Path: f.Path, Hint: f.Hint}
	}
	return v
}
