package report_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos/report"
)

func TestShellQuote(t *testing.T) {
	for s, want := range map[string]string{
		"": "''", "a-b_c/D.9:=": "a-b_c/D.9:=", "x=5%": "x=5%", "two words": "'two words'", "it's": `'it'\''s'`, "*": "'*'", "größe": "'größe'", "$HOME": "'$HOME'", "a\nb": "'a\nb'", "~": "'~'",
	} {
		require.Equal(t, want, report.ShellQuote(s))
	}
}
