// Package desk holds what a seller does: sign in, look at orders, prepare a
// draft, deliver. The window and the command line only translate.
package desk
