package scenarios_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/scenarios"
)

// FuzzLoad: whatever a file says, Load gives a suite or problems with places, and never panics.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	require.NoError(f, err)
	for _, name := range append(files, "testdata/contract.yaml", "testdata/traffic.yaml", "testdata/agents.yaml", "testdata/answers.yaml") {
		src, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(src, "policies.reference.retry.attempts=6")
	}
	f.Add(agentchaos.Suite, "scenarios.retry-storm.faults[0].factor=7")
	f.Add(scenarios.Init(), "x")
	f.Add([]byte("version: 1\n"), `models."a/b".price={input: &a [*a]}`)
	f.Add([]byte(strings.Repeat("[", 100_000)), "=")
	f.Add([]byte("version: 1\n"+strings.Repeat("- ", 5000)), "a[0]=1")
	f.Add([]byte("version: 1\n? {a: b}\n: c\n? [x]\n: !!map y\n<<: {version: 2}\n"), "version.x=2")
	f.Add([]byte("version: 1\n"), `agents.support.arrivals.profile=[{for: 8760h, rate: 1/h}, {rate: 0/s}]`)
	f.Add([]byte("version: 1\n"), `models.openai/gpt-4o.first_token.exponential=8760h`)
	f.Add([]byte("a: &a\n  b: *a\n"), "tasks=null")
	f.Fuzz(func(t *testing.T, src []byte, set string) {
		s, err := scenarios.Load("f", src, scenarios.Options{Set: []string{set}})
		if err == nil {
			require.NotEmpty(t, s.Scenarios)
			for _, sc := range s.Scenarios {
				require.NotEmpty(t, sc.Arms)
				require.True(t, sc.Tasks > 0 || sc.Duration > 0)
				if a := sc.Agent.Arrivals; a.Workers == 0 {
					require.NotEmpty(t, a.Rates())
					require.GreaterOrEqual(t, a.Rates().After(0, 1), time.Duration(0))
				}
				for _, a := range sc.Arms {
					require.Empty(t, a.Settings.Validate())
					for _, m := range a.Settings.Models {
						require.Contains(t, sc.Models, m)
					}
				}
				for _, a := range sc.Answers {
					require.True(t, a.Say != "" || len(a.Calls) > 0)
					for _, c := range a.Calls {
						require.True(t, json.Valid([]byte(c.Arguments)))
					}
				}
				for _, r := range sc.Faults {
					require.NoError(t, r.Check())
					require.NotEmpty(t, scenarios.Describe(r))
				}
			}
			if len(s.Warnings) > 0 {
				pointed(t, s.Warnings, "f")
			}
			return
		}
		var ps scenarios.Problems
		require.True(t, errors.As(err, &ps))
		pointed(t, ps, "f")
		require.Less(t, len(ps.Error()), 1<<20)
	})
}
