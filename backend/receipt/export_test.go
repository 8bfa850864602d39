package receipt

// PreAuth is what is signed.
var PreAuth = preAuth
