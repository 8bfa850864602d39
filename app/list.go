package app

import (
	"handover/app/internal/desk"
	"handover/app/internal/orders"
)

// Orders returns what of the list of orders came after the mark of an earlier
// part; 0 begins anew. It is asked again at once while there is More.
func (a *App) Orders(mark uint64) (OrderList, error) {
	return ask(a, func(d *desk.Desk) (OrderList, error) {
		list, err := d.Orders.List(a.p.ctx, mark)
		return viewOrders(list), err
	})
}

// SeeOrder notes that the seller looked at the order: at all that the buyer
// did, and at the messages only when they were shown.
func (a *App) SeeOrder(id string, messages bool) error {
	_, err := ask(a, func(d *desk.Desk) (struct{}, error) { return struct{}{}, d.Orders.See(id, messages) })
	return err
}

func viewOrders(list orders.Page) OrderList {
	v := OrderList{
		Orders: make([]OrderRow, len(list.Orders)), Gone: append([]string{}, list.Removed...), Anew: list.Reset,
		Mark: list.Cursor, More: list.More, AsOf: stamp(list.AsOf), Offline: list.Offline,
	}
	for i, o := range list.Orders {
		v.Orders[i] = viewRow(o)
	}
	return v
}
