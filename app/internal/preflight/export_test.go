package preflight

// LookInside is for tests and fuzzing of the parsers on bytes in memory.
var LookInside = cutShort

// The bounds that the parsers keep.
const (
	MaxSteps = maxSteps
	MaxScan  = maxScan
	MaxHash  = maxHash
)
