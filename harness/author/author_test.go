package author_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/author"
)

var update = flag.Bool("update", false, "rewrite golden files")

// What agents' schemas look like: every seed's instance is valid, and the same when asked again.
func TestInstancesOfRealSchemasAreValid(t *testing.T) {
	for _, n := range schemas(t) {
		t.Run(n.name, func(t *testing.T) {
			s, err := compiled(n.schema)
			require.NoError(t, err)
			for seed := range agentSeeds {
				got, err := author.Instance(n.schema, seed)
				require.NoError(t, err, "seed %d", seed)
				require.NoError(t, validate(s, got), "seed %d: %s", seed, got)
				again, err := author.Instance(n.schema, seed)
				require.NoError(t, err)
				require.Equal(t, string(got), string(again), "seed %d", seed)
			}
		})
	}
}

// The golden file is for people: do the instances read well?
func TestInstancesReadWell(t *testing.T) {
	var b strings.Builder
	for _, n := range schemas(t) {
		fmt.Fprintf(&b, "%s\n", n.name)
		for seed := range agentchaos.Seed(3) {
			got, err := author.Instance(n.schema, seed)
			require.NoError(t, err)
			fmt.Fprintf(&b, "  %s\n", got)
		}
	}
	const golden = "testdata/instances.txt"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String(), "go test ./harness/author -update rewrites it")
}
