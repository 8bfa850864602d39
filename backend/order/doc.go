// Package order contains the rules of an order's life: its data, the permitted
// actions of each party in each status, and its deadlines.
//
// All other packages use these rules. The package imports the standard library
// only and reads no clock: the time is always a parameter, in UTC.
package order
