package resilience

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
)

// CONTRACT.md §2, "Policies", the table; columns: retry, fall back, counts against the breaker.
const contractTable = `
overloaded unavailable timeout reset truncated                       yes yes yes
rate_limit                                                           yes yes no
conflict                                                             yes no  no
tool_error                                                           yes no  yes
quota auth not_found context_length                                  no  yes no
breaker_open bulkhead_full budget_exhausted                          no  yes no
content_filter invalid_request length cancelled crash                no  no  no
store_full store_locked store_read_only store_corrupt                no  no  no`

func TestClassIsTheTable(t *testing.T) {
	told := map[agentchaos.Kind]bool{agentchaos.Malformed: true}
	for line := range strings.Lines(strings.TrimSpace(contractTable)) {
		words := strings.Fields(line)
		n := len(words) - 3
		for _, name := range words[:n] {
			k, err := agentchaos.ParseKind(name)
			require.NoError(t, err)
			retry, fallBack, breaker := Class(k, agentchaos.NoVariant)
			require.Equal(t, []bool{words[n] == "yes", words[n+1] == "yes", words[n+2] == "yes"}, []bool{retry, fallBack, breaker}, name)
			told[k] = true
		}
	}
	require.Len(t, told, agentchaos.Kinds-1, "every kind has its row")
	for v := agentchaos.HTML; int(v) < agentchaos.Variants; v++ {
		retry, fallBack, breaker := Class(agentchaos.Malformed, v)
		require.True(t, retry && fallBack)
		require.Equal(t, v <= agentchaos.ErrorBody, breaker, v.String())
	}
	retry, fallBack, breaker := Class(255, 0)
	require.False(t, retry || fallBack || breaker)
}
