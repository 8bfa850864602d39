package shell_test

import (
	"testing"

	"handover/app/internal/shell"
)

func TestCheckArguments(t *testing.T) {
	for _, args := range [][]string{nil, {"--hidden"}, {"handover://order/a"}, {"handover:what/ever", "--hidden"}, {"-psn_0_1"}} {
		if err := shell.CheckArguments(args); err != nil {
			t.Errorf("%q: %v", args, err)
		}
	}
	for _, args := range [][]string{{"--Hidden"}, {"orders"}, {"https://example.org"}, {""}} {
		if err := shell.CheckArguments(args); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
}
