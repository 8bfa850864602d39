package backend_test

import (
	"time"

	"handover/backend/order"
)

// replay returns what the events of an order say of it, given what was agreed
// on at first. What no event says, such as what was delivered, stays empty.
func replay(terms order.Order, events []order.Event) order.Order {
	o := terms
	for _, e := range events {
		o.Status = e.Status
		happened(&o, e)
		if o.Status != order.Delivered {
			o.ReviewEndsAt = time.Time{}
		}
		if o.Status != order.InRevision {
			o.Changes = nil
		}
		if o.Status == order.Completed || o.Status == order.Cancelled {
			o.Cancellation = nil
		}
	}
	return o
}

func happened(o *order.Order, e order.Event) {
	switch e.Type {
	case order.OrderPlaced:
		o.PlacedAt, o.ReviewGeneration = e.At, 1
	case order.OrderChanged:
		if e.Title != "" {
			o.Title = e.Title
		}
		if !e.DueAt.IsZero() {
			o.DueAt = e.DueAt
		}
	case order.WorkDelivered:
		o.Deliveries = append(o.Deliveries, order.Delivery{Number: e.Delivery, DeliveredAt: e.At})
		o.ReviewEndsAt, o.ExtendedDays = e.ReviewEndsAt, 0
	case order.ChangesRequested:
		o.Changes = &order.ChangeRequest{Delivery: e.Delivery, RequestedAt: e.At, Message: e.Message}
	case order.ReviewExtended:
		o.ReviewEndsAt = e.ReviewEndsAt
		o.ExtendedDays += e.Days
	case order.CancellationProposed:
		o.Cancellation = &order.Cancellation{ProposedBy: e.By, ProposedAt: e.At, Message: e.Message}
	case order.CancellationWithdrawn, order.CancellationDeclined, order.CancellationLapsed:
		o.Cancellation, o.ReviewEndsAt = nil, e.ReviewEndsAt
	case order.OrderCancelled:
		o.CancelledAt = e.At
	case order.OrderCompleted:
		o.CompletedAt, o.CompletedBy, o.ClearsAt = e.At, order.ByBuyer, e.ClearsAt
		if e.By == order.Clock {
			o.CompletedBy = order.ByReviewPeriod
		}
	case order.PaymentCleared:
		o.ClearedAt = e.At
	case order.ReviewLinkRenewed:
		o.ReviewGeneration++
		o.ReviewRevoked = false
	case order.ReviewLinkRevoked:
		o.ReviewRevoked = true
	case order.DeliveryOpened:
		o.Deliveries[e.Delivery-1].OpenedAt = e.At
	case order.FileDownloaded:
		downloaded(&o.Deliveries[e.Delivery-1], e)
	}
}

func downloaded(d *order.Delivery, e order.Event) {
	if e.File == order.Archive {
		d.ArchiveDownloadedAt = e.At
		return
	}
	d.Files = append(d.Files, order.File{ID: e.File, DownloadedAt: e.At})
}

// told is the order without what no event says.
func told(o order.Order) order.Order {
	o.Version, o.ReviewHash, o.Notes = 0, "", ""
	o.DueReminded, o.ReviewReminded = time.Time{}, time.Time{}
	deliveries := []order.Delivery(nil)
	for _, d := range o.Deliveries {
		deliveries = append(deliveries, order.Delivery{
			Number: d.Number, DeliveredAt: d.DeliveredAt, OpenedAt: d.OpenedAt, ArchiveDownloadedAt: d.ArchiveDownloadedAt,
			Files: fetchedFiles(d),
		})
	}
	o.Deliveries = deliveries
	return o
}

// fetchedFiles are those of the delivery that the buyer has downloaded.
func fetchedFiles(d order.Delivery) (files []order.File) {
	for _, f := range d.Files {
		if !f.DownloadedAt.IsZero() {
			files = append(files, order.File{ID: f.ID, DownloadedAt: f.DownloadedAt})
		}
	}
	return files
}
