package desk

// ExplainFolder gives the errors of a work folder their codes.
func ExplainFolder(err error) error { return explainFolder(err) }

// TellSoon has a change of an order's uploads told, as an upload does.
func TellSoon(d *Desk, order string) { d.tellSoon(order) }
