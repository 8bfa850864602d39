package api

import (
	"fmt"
	"time"

	"handover/backend/order"
)

// ViewOrder returns the order as a party sees it at the given time. Apply passed
// deadlines first, see [order.Order.Advance].
func ViewOrder(o order.Order, as order.Party, seller string, now time.Time) Order {
	v := Order{
		ID: o.ID, Title: o.Title, Buyer: o.Buyer, Seller: seller,
		Price:    Price{Amount: amount(o.Price), Currency: o.Price.Currency},
		PlacedAt: o.PlacedAt, DueAt: o.DueAt, Status: o.Status, Late: o.Late(now),
		ReviewEndsAt: when(o.ReviewEndsAt), CompletedAt: when(o.CompletedAt), CompletedBy: o.CompletedBy,
		CancelledAt:       when(o.CancelledAt),
		Payment:           Payment{Status: o.Payment(now), ClearsAt: when(o.ClearsAt)},
		Deliveries:        deliveries(o, as),
		Cancellation:      cancellation(o),
		ChangeRequest:     o.Changes,
		ExtensionDaysLeft: o.ExtensionDaysLeft(),
		Allowed:           o.Allowed(as),
		Version:           o.Version,
		ServerTime:        now,
	}
	switch as {
	case order.Seller:
		v.Notes = o.Notes
	case order.Viewer:
		v.onlyLook()
	}
	return v
}

// onlyLook removes the agreement and the messages of the parties, because viewers see
// only the work.
func (v *Order) onlyLook() {
	v.Buyer = order.Contact{Name: v.Buyer.Name}
	v.Price, v.Payment = Price{}, Payment{}
	v.ReviewEndsAt, v.ExtensionDaysLeft = nil, 0
	v.Cancellation, v.ChangeRequest = nil, nil
}

func amount(m order.Money) string {
	if m.Currency == "" {
		return ""
	}
	return fmt.Sprintf("%d.%02d", m.Hundredths/100, m.Hundredths%100)
}

func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func deliveries(o order.Order, as order.Party) []Delivery {
	list := make([]Delivery, len(o.Deliveries))
	for i, d := range o.Deliveries {
		list[i] = Delivery{
			Number: d.Number, DeliveredAt: d.DeliveredAt, Description: d.Description,
			Files: append([]order.File{}, d.Files...), Links: append([]order.Link{}, d.Links...),
			Symlinks: append([]order.Symlink(nil), d.Symlinks...),
			Done:     append([]string(nil), d.Done...),
			Arranged: d.Arranged,
		}
		for j := range list[i].Files {
			list[i].Files[j].CRC32 = "" // only for the server
		}
		if as == order.Seller {
			list[i].OpenedAt, list[i].ArchiveDownloadedAt = when(d.OpenedAt), when(d.ArchiveDownloadedAt)
			continue
		}
		for j := range list[i].Files {
			list[i].Files[j].DownloadedAt = time.Time{}
		}
	}
	return list
}

func cancellation(o order.Order) *Cancellation {
	c := o.Cancellation
	if c == nil {
		return nil
	}
	return &Cancellation{
		ProposedBy: c.ProposedBy, ProposedAt: c.ProposedAt,
		LapsesAt: c.ProposedAt.Add(order.ProposalLapses), Message: c.Message,
	}
}
