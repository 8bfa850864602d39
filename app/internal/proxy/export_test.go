package proxy

// The parsers of what the systems print.
var (
	FromGSettings = fromGSettings
	FromScutil    = fromScutil
)
