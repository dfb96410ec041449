package scenarios_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos/scenarios"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// load reads a file that is right.
func load(t *testing.T, text string) *scenarios.Suite {
	t.Helper()
	s, err := scenarios.Load("scenarios.yaml", []byte(text), scenarios.Options{})
	require.NoError(t, err)
	return s
}

// problems reads a file that is wrong.
func problems(t *testing.T, text string, o scenarios.Options) scenarios.Problems {
	t.Helper()
	s, err := scenarios.Load("scenarios.yaml", []byte(text), o)
	require.Nil(t, s)
	var ps scenarios.Problems
	require.True(t, errors.As(err, &ps), "%v", err)
	pointed(t, ps, "scenarios.yaml")
	return ps
}

// pointed checks that every problem has a place, and that they are in order.
func pointed(t *testing.T, ps scenarios.Problems, file string) {
	t.Helper()
	require.NotEmpty(t, ps)
	last := scenarios.Problem{}
	for _, p := range ps {
		require.NotEmpty(t, p.File)
		require.NotEmpty(t, p.Message)
		require.GreaterOrEqual(t, p.Line, 1)
		require.GreaterOrEqual(t, p.Column, 1)
		if p.File == file && last.File == file {
			require.False(t, p.Line < last.Line || p.Line == last.Line && p.Column < last.Column, "%v after %v", p, last)
		}
		last = p
	}
}

// TestBad shows each bad file's problems as a user sees them. The diff of a golden file is the review of an error message.
func TestBad(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 30)
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".yaml"), func(t *testing.T) {
			src, err := os.ReadFile(f)
			require.NoError(t, err)
			got := problems(t, string(src), scenarios.Options{}).Error() + "\n"
			golden := strings.TrimSuffix(f, ".yaml") + ".txt"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}
