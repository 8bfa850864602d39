package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"handover/backend/commandline/commandlinetest"
)

// A new flag of another command than serve is not read from the environment,
// unless it is a setting and is added here.
func TestEnvironmentHoldsSettingsOnly(t *testing.T) {
	settings := map[string]string{
		"--data":            "HANDOVER_DATA",
		"--database":        "HANDOVER_DATABASE",
		"--storage":         "HANDOVER_STORAGE",
		"--password-file":   "HANDOVER_PASSWORD_FILE",
		"--abandoned-after": "HANDOVER_ABANDONED_AFTER",
	}
	for _, line := range commandlinetest.Settings(t, &grammar{}) {
		words := strings.Fields(line)
		command, flag, variable := words[0], words[len(words)-2], words[len(words)-1]
		if command != "serve" && settings[flag] != variable {
			t.Errorf("the environment sets %s", line)
		}
	}
}

// Every flag of serve is a setting.
func TestEnvironmentHoldsEverySettingOfServe(t *testing.T) {
	parser, err := kong.New(&grammar{}, kong.Vars{"version": ""})
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range parser.Model.Children {
		if command.Name != "serve" {
			continue
		}
		for _, f := range command.Flags {
			variable := "HANDOVER_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
			if !slices.Equal(f.Envs, []string{variable}) {
				t.Errorf("--%s is read from %q, want %s", f.Name, f.Envs, variable)
			}
		}
	}
}
