package author_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
)

const agentSeeds = agentchaos.Seed(100) // seeds 0 to 99

// compiled is a schema as the validator understands it, formats checked.
func compiled(schema []byte) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.UseLoader(jsonschema.SchemeURLLoader{}) // nothing but the schema itself
	if err := c.AddResource("urn:schema", doc); err != nil {
		return nil, err
	}
	return c.Compile("urn:schema")
}

func validate(s *jsonschema.Schema, instance []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(instance))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

type named struct {
	name   string
	schema json.RawMessage
}

// schemas are those under testdata, by name.
func schemas(t testing.TB) (all []named) {
	files, err := filepath.Glob("testdata/schemas/*.json")
	require.NoError(t, err)
	require.Greater(t, len(files), 25)
	slices.Sort(files)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		all = append(all, named{strings.TrimSuffix(filepath.Base(f), ".json"), text})
	}
	return all
}
