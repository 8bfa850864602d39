package tus

// The parsers of what a server sends, for the fuzz tests.
var (
	ParseOffset     = parseOffset
	ParseReprDigest = parseReprDigest
	ResolveLocation = resolveLocation
	EncodeMetadata  = encodeMetadata
	Message         = message
	RetryAfter      = retryAfter
)
