// Package leftout decides which files of a folder are left out of a delivery, and why:
// working files of programs, incomplete downloads, system files, folders for unfinished
// work, secrets, and files that match an ignore file. The same rules apply to the work
// folder and to folders attached by hand.
package leftout
