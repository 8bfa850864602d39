package workfolder_test

import (
	"os"
	"path/filepath"
	"testing"

	"handover/app/internal/workfolder"
)

func TestABundleKeepsModesAndLinks(t *testing.T) {
	f := start(t, t.TempDir(), []string{"Film"})
	dir := dirOf(t, f, "Film")
	write(t, "#!/bin/sh\n", dir, "Show.app", "run")
	write(t, "F", dir, "Show.app", "F.framework", "Versions", "A", "F")
	if !link(t, "A", filepath.Join(dir, "Show.app", "F.framework", "Versions", "Current")) {
		t.Skip("no symbolic links here")
	}
	link(t, "./Versions/Current/F", filepath.Join(dir, "Show.app", "F.framework", "F"))
	link(t, "../../../elsewhere", filepath.Join(dir, "Show.app", "F.framework", "out"))
	awaitFiles(t, f, "Film",
		"Show.app/F.framework/F ->Versions/Current/F", "Show.app/F.framework/Versions/A/F", "Show.app/F.framework/Versions/Current ->A",
		"Show.app/F.framework/out !link", "Show.app/run")
	runs := func() (list []string) {
		for _, file := range snapshot(t, f, "Film").Files {
			if file.Executable {
				list = append(list, file.Path)
			}
		}
		return list
	}
	if list := runs(); len(list) > 0 {
		t.Errorf("executable: %v", list)
	}
	must(t, os.Chmod(filepath.Join(dir, "Show.app", "run"), 0o755))
	await(t, func() string {
		must(t, f.Rescan(t.Context()))
		if list := runs(); len(list) != 1 || list[0] != "Show.app/run" {
			return "executable: " + filepath.Join(list...)
		}
		return ""
	})
}

// A file is judged again when its content decides and has changed.
func TestWhatTheContentDecides(t *testing.T) {
	f := start(t, t.TempDir(), []string{"Film"})
	dir := dirOf(t, f, "Film")
	write(t, "", dir, "server.pem")
	awaitFiles(t, f, "Film", "server.pem !secret")
	write(t, "-----BEGIN CERTIFICATE-----\n", dir, "server.pem")
	awaitFiles(t, f, "Film", "server.pem")
	write(t, "-----BEGIN PRIVATE KEY-----\n", dir, "server.pem")
	awaitFiles(t, f, "Film", "server.pem !secret")
	for _, file := range snapshot(t, f, "Film").Files {
		if file.State == workfolder.LeftOut && file.Detail != "a private key" {
			t.Errorf("%+v", file)
		}
	}
}
