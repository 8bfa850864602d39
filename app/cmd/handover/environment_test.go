package main

import (
	"slices"
	"testing"

	"handover/backend/commandline/commandlinetest"
)

// A new flag is not read from the environment, unless it is a setting and is
// added here.
func TestEnvironmentHoldsSettingsOnly(t *testing.T) {
	settings := []string{
		"--home HANDOVER_HOME",
		"login --password-file HANDOVER_PASSWORD_FILE",
		"sync --folder HANDOVER_FOLDER",
	}
	if got := commandlinetest.Settings(t, &grammar{}); !slices.Equal(got, settings) {
		t.Errorf("flags that the environment sets:\n%q\nwant\n%q", got, settings)
	}
}
