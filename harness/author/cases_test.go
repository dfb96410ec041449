package author_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos/harness/author"
)

const draft07 = `"$schema":"http://json-schema.org/draft-07/schema#",`

// Schemas that only one instance fits, or that only one is written for, whatever the seed.
func TestInstanceOfSchemasThatLeaveNoChoice(t *testing.T) {
	for schema, want := range map[string]string{
		`true`:                 `{}`,
		`{"title":"anything"}`: `{}`,
		`{"type":"object"}`:    `{}`,
		`{"type":"null"}`:      `null`,
		`{"const":1.50}`:       `1.50`,
		`{"const":"<&>"}`:      `"<&>"`,
		`{"enum":[1,2,3],"exclusiveMinimum":1,"exclusiveMaximum":3}`:                                                                  `2`,
		`{"enum":[1.0,2.0],"type":"integer","multipleOf":2}`:                                                                          `2.0`,
		`{"type":"integer","minimum":3,"maximum":4,"exclusiveMaximum":true}`:                                                          `3`, // draft 4
		`{"type":"number","exclusiveMinimum":0.1,"maximum":0.11,"multipleOf":0.01}`:                                                   `0.11`,
		`{"type":"integer","maximum":60,"allOf":[{"multipleOf":4},{"multipleOf":7.5}]}`:                                               `60`,
		`{"allOf":[{"type":"number"},{"type":["integer","null"]},{"minimum":7}],"maximum":7.9}`:                                       `7`,
		`{"type":["integer","string"],"not":{"type":"integer"},"maxLength":0}`:                                                        `""`,
		`{"minLength":5,"maxLength":5,"pattern":"^é*$"}`:                                                                              `"ééééé"`,
		`{"type":"string","default":"x"}`:                                                                                             `"x"`,
		`{"type":"string","default":"x","examples":[5,"y"]}`:                                                                          `"y"`,
		`{"type":"string","default":5,"maxLength":0}`:                                                                                 `""`,
		`{"type":"boolean","default":null,"not":{"const":false}}`:                                                                     `true`,
		`{"type":"array","items":{"type":"string","examples":["a"],"pattern":"^[ab]$"},"uniqueItems":true,"minItems":2,"maxItems":2}`: `["a","b"]`,
		`{"type":"array","prefixItems":[{"const":1},{"const":2}],"items":false}`:                                                      `[1,2]`,
		`{"type":"array","prefixItems":[{"const":1}],"unevaluatedItems":false}`:                                                       `[1]`,
		`{"type":"array","unevaluatedItems":false}`:                                                                                   `[]`,
		`{"properties":{"b":{"const":1},"a":{"const":2}},"required":["c","a","b"],"additionalProperties":{"const":3}}`:                `{"b":1,"a":2,"c":3}`,
		`{"properties":{"a":{"const":1},"b":false},"required":["a"]}`:                                                                 `{"a":1}`,
		`{"required":["a"],"properties":{"a":{"const":1}},"dependentRequired":{"a":["b"]},"additionalProperties":{"const":2}}`:        `{"a":1,"b":2}`,
		`{"$defs":{"~1":{"const":1}},"$ref":"#/$defs/~01"}`:                                                                           `1`,
		`{"$id":"https://example.com/x","$defs":{"a":{"const":1}},"$ref":"https://example.com/x#/$defs/a"}`:                           `1`,
		// a $ref and what stands beside it: draft 7 reads only the first
		`{` + draft07 + `"definitions":{"a":{"type":"integer","minimum":1,"maximum":1}},"allOf":[{"$ref":"#/definitions/a","type":"string"}]}`: `1`,
		`{"$defs":{"a":{"enum":[1,"x"]}},"allOf":[{"$ref":"#/$defs/a","type":"string"}]}`:                                                      `"x"`,
		`{` + draft07 + `"type":"array","items":[{"const":1}],"additionalItems":false}`:                                                        `[1]`,
		`{"if":{"const":1},"then":false,"else":{"const":2}}`:                                                                                   `2`,
		// what a failed way has written does not count
		`{"anyOf":[` + strings.Repeat(`{"type":"string","minLength":40000,"not":{}},`, 3) + `{"const":5}]}`: `5`,
	} {
		for seed := range agentSeeds {
			got, err := author.Instance([]byte(schema), seed)
			require.NoError(t, err, "%.200s", schema)
			require.Equal(t, want, string(got), "%.200s, seed %d", schema, seed)
		}
	}
}

// Optional properties come and go, and every branch is taken, as the seed has it.
func TestInstanceVariesWithTheSeed(t *testing.T) {
	seen := map[string]int{}
	for seed := range agentSeeds {
		got, err := author.Instance([]byte(`{"type":"object","properties":{"a":{"anyOf":[{"const":1},{"const":2},{"type":"null"}]},"b":{"const":3}},"required":["a"]}`), seed)
		require.NoError(t, err)
		seen[string(got)]++
	}
	require.Len(t, seen, 6, "%v", seen)
	require.Less(t, seen[`{"a":null}`]+seen[`{"a":null,"b":3}`], int(agentSeeds)/3, "null is taken seldom: %v", seen)
}
