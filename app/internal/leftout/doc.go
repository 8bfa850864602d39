// Package leftout decides which files of a folder stay out of a delivery, and
// why: working files of programs, incomplete downloads, left-overs of systems,
// folders for unfinished work, secrets, and the lines of ignore files. The same
// rules hold for the work folder and for a folder that is attached by hand.
package leftout
