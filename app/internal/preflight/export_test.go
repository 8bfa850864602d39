package preflight

// MaxHash is the largest file that is read to be compared.
const MaxHash = maxHash
