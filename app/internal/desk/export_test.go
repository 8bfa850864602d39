package desk

// TellSoon has a change of an order's uploads told, as an upload does.
func TellSoon(d *Desk, order string) { d.tellSoon(order) }
