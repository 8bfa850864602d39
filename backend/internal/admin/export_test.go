package admin

// Refused reports whether the error of a connection says that nobody listens.
func Refused(err error) bool { return refused(err) }
