package uploads

// NotifySoon reports progress of an order's uploads, as an upload does.
func (u *Uploader) NotifySoon(order string) { u.notifySoon(order) }
