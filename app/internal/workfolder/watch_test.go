package workfolder_test

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFiles(t *testing.T) {
	f := start(t, t.TempDir(), []string{"Film"})
	dir := dirOf(t, f, "Film")
	write(t, "one", dir, "one.txt")
	write(t, "two", dir, "deep", "er", "two.txt")
	awaitFiles(t, f, "Film", "deep/er/two.txt", "one.txt")

	t.Run("changed", func(t *testing.T) {
		write(t, "one and more", dir, "one.txt")
		awaitDisk(t, f, "Film")
	})
	t.Run("saved by rename", func(t *testing.T) {
		tmp := write(t, "ONE", dir, "one.txt.tmp")
		must(t, os.Rename(tmp, filepath.Join(dir, "one.txt")))
		awaitDisk(t, f, "Film")
	})
	t.Run("case", func(t *testing.T) {
		must(t, os.Rename(filepath.Join(dir, "one.txt"), filepath.Join(dir, "One.txt")))
		awaitFiles(t, f, "Film", "One.txt", "deep/er/two.txt")
	})
	t.Run("folder renamed", func(t *testing.T) {
		must(t, os.Rename(filepath.Join(dir, "deep"), filepath.Join(dir, "flat")))
		awaitFiles(t, f, "Film", "One.txt", "flat/er/two.txt")
		write(t, "three", dir, "flat", "er", "three.txt")
		awaitFiles(t, f, "Film", "One.txt", "flat/er/three.txt", "flat/er/two.txt")
	})
	t.Run("deleted and made again", func(t *testing.T) {
		must(t, os.RemoveAll(filepath.Join(dir, "flat")))
		awaitFiles(t, f, "Film", "One.txt")
		write(t, "four", dir, "flat", "er", "four.txt")
		awaitFiles(t, f, "Film", "One.txt", "flat/er/four.txt")
		must(t, os.RemoveAll(filepath.Join(dir, "flat")))
		write(t, "five", dir, "flat", "er", "five.txt")
		awaitFiles(t, f, "Film", "One.txt", "flat/er/five.txt")
	})
	t.Run("folders swapped", func(t *testing.T) {
		write(t, "six", dir, "other", "er", "six.txt")
		awaitFiles(t, f, "Film", "One.txt", "flat/er/five.txt", "other/er/six.txt")
		flat, other := filepath.Join(dir, "flat"), filepath.Join(dir, "other")
		must(t, os.Rename(flat, flat+" away"))
		must(t, os.Rename(other, flat))
		must(t, os.Rename(flat+" away", other))
		awaitFiles(t, f, "Film", "One.txt", "flat/er/six.txt", "other/er/five.txt")
		write(t, "seven", flat, "er", "seven.txt")
		awaitFiles(t, f, "Film", "One.txt", "flat/er/seven.txt", "flat/er/six.txt", "other/er/five.txt")
	})
}

func TestMoveBetweenOrders(t *testing.T) {
	f := start(t, t.TempDir(), []string{"Film", "Fotos"})
	write(t, "one", dirOf(t, f, "Film"), "sub", "one.txt")
	awaitFiles(t, f, "Film", "sub/one.txt")
	must(t, os.Rename(filepath.Join(dirOf(t, f, "Film"), "sub"), filepath.Join(dirOf(t, f, "Fotos"), "sub")))
	awaitFiles(t, f, "Film")
	awaitFiles(t, f, "Fotos", "sub/one.txt")
}
