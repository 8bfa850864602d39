package structure

// The bounds that checks keep.
const (
	MaxSteps = maxSteps
	MaxScan  = maxScan
)
