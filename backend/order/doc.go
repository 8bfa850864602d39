// Package order holds the rules of an order's life: what an order is, who may
// do what to it in which status, and what time does to it.
//
// Every other part of Handover asks this package and none decides for itself.
// It imports the standard library only and reads no clock: the time is always
// a parameter, in UTC.
package order
