package draft

// TakenOver reports whether the file belongs to an earlier delivery and is on the
// server.
func (f File) TakenOver() bool { return f.Origin == FromDelivery && f.State == Verified }
