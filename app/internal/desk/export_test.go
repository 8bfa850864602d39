package desk

// ExplainFolder gives the errors of a work folder their codes.
func ExplainFolder(err error) error { return explainFolder(err) }

// NotifySoon has a change of an order's uploads told, as an upload does.
func NotifySoon(d *Desk, order string) { d.Uploads.NotifySoon(order) }
