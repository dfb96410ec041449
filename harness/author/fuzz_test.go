package author_test

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/author"
)

// bestEffort is what Instance says it does not check, and what the validator reads otherwise than the drafts agents use.
var bestEffort = regexp.MustCompile(`"(unevaluated\w+|\$id|\$anchor|\$dynamic\w+|\$recursive\w+|\$vocabulary|nullable|\$schema)"|\\u`)

// FuzzInstance: no schema is a panic or takes for ever, the same bytes come again, and what comes is valid.
func FuzzInstance(f *testing.F) {
	for _, n := range schemas(f) {
		f.Add([]byte(n.schema), uint64(1))
	}
	f.Fuzz(func(t *testing.T, schema []byte, seed uint64) {
		got, err := author.Instance(schema, agentchaos.Seed(seed))
		if err != nil {
			var e *author.Error
			require.ErrorAs(t, err, &e)
			return
		}
		again, err := author.Instance(schema, agentchaos.Seed(seed))
		require.NoError(t, err)
		require.True(t, bytes.Equal(got, again))
		plain := bytes.ReplaceAll(schema, []byte(`"$schema":"http://json-schema.org/draft-07/schema#"`), nil)
		if bestEffort.Match(plain) {
			return
		}
		if s, err := compiled(schema); err == nil {
			require.NoError(t, validate(s, got), "%s of %s", got, schema)
		}
	})
}
