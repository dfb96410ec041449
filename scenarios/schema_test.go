package scenarios_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/scenarios"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(scenarios.Schema()))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("schema.json", doc))
	s, err := c.Compile("schema.json")
	require.NoError(t, err)
	return s
}

func instance(t *testing.T, src []byte) any {
	t.Helper()
	js, err := yaml.YAMLToJSON(src)
	require.NoError(t, err)
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(js))
	require.NoError(t, err)
	return v
}

func TestSchemaAcceptsWhatLoads(t *testing.T) {
	s := schema(t)
	contract, err := os.ReadFile("testdata/contract.yaml")
	require.NoError(t, err)
	traffic, err := os.ReadFile("testdata/traffic.yaml")
	require.NoError(t, err)
	agents, err := os.ReadFile("testdata/agents.yaml")
	require.NoError(t, err)
	answers, err := os.ReadFile("testdata/answers.yaml")
	require.NoError(t, err)
	for name, src := range map[string][]byte{"answers": answers, "suite": agentchaos.Suite, "init": scenarios.Init(), "contract": contract, "traffic": traffic, "agents": agents, "set": []byte(setFile)} {
		require.NoError(t, s.Validate(instance(t, src)), name)
	}
}

// Files that are well formed, and wrong for what they refer to or for the order of their numbers: the schema cannot know.
var semantic = map[string]bool{
	"extends": true, "references": true, "gates": true, "workers": true, "dry": true, "fired": true, "fired-anywhere": true, "no-policy": true, "bomb": true, "tags": true,
	"reserve": true, "too-deep": true, "too-many": true,
	// not YAML, or not one document: there is no instance to validate
	"empty": true, "comment-only": true, "second-document": true, "tab": true, "syntax": true, "duplicate-key": true,
	"unknown-alias": true, "latin1": true, "gate-quote": true, "merge-key": true, "nan": true,
}

func TestSchemaRejectsWhatIsBad(t *testing.T) {
	s := schema(t)
	files, err := filepath.Glob("testdata/bad/*.yaml")
	require.NoError(t, err)
	rejected := 0
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".yaml")
		if semantic[name] {
			continue
		}
		src, err := os.ReadFile(f)
		require.NoError(t, err)
		require.Error(t, s.Validate(instance(t, src)), name)
		rejected++
	}
	require.GreaterOrEqual(t, rejected, 15)
}

// Each kind of fault has its own settings, in the schema as in the decoder.
func TestSchemaKnowsKinds(t *testing.T) {
	s := schema(t)
	file := "version: 1\nscenarios: {s: {agent: a, faults: [{target: primary, kind: %s}]}}\n"
	require.NoError(t, s.Validate(instance(t, fmt.Appendf(nil, file, "slow, factor: 3"))))
	require.Error(t, s.Validate(instance(t, fmt.Appendf(nil, file, "stall, factor: 3"))))
	require.NoError(t, s.Validate(instance(t, fmt.Appendf(nil, file, "crash, at: 3, restart_after: 5s"))))
	require.Error(t, s.Validate(instance(t, fmt.Appendf(nil, file, "crash, hang: 3s"))))
}
