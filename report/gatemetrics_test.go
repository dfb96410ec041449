package report

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMetricsCanBeNamed(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Metrics() {
		require.False(t, seen[m.Name])
		seen[m.Name] = true
		require.NotEmpty(t, m.Help)
		name := map[string]string{"pNN": "p95", "pass^K": "pass^3"}[m.Name]
		if name == "" {
			name = m.Name
		}
		found, ok := lookup(name)
		require.True(t, ok, m.Name)
		require.Equal(t, m, found)
	}
	require.Len(t, Histograms(), 4)
	for _, wrong := range []string{"pNN", "pass^K", "pass^", "p", "p101", "p0", "p1e1", "p.5", "p5.", ""} {
		_, ok := lookup(wrong)
		require.Equal(t, wrong == "pass^K", ok, wrong)
	}
}

func TestNearest(t *testing.T) {
	require.Equal(t, 3, editDistance("kitten", "sitting"))
	require.Equal(t, 4, editDistance("", "four"))
	require.Equal(t, "quota", nearest("qouta", []string{"auth", "quota"}))
	require.Empty(t, nearest("weather", []string{"auth", "quota"}))
}
