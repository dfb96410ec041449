package author_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/author"
)

type js = map[string]any

// sane draws a schema that has an instance: its keywords do not contradict each other.
func sane(r *rapid.T, depth int) any {
	kinds := []string{"string", "pattern", "format", "integer", "number", "multiple", "boolean", "null", "enum", "const", "list", "untyped"}
	if depth > 0 {
		kinds = append(kinds, "object", "object", "array", "tuple", "map", "anyOf", "allOf", "if", "ref", "set", "contains")
	}
	switch kind := rapid.SampledFrom(kinds).Draw(r, "kind"); kind {
	case "string":
		low := rapid.IntRange(0, 40).Draw(r, "low")
		return js{"type": kind, "minLength": low, "maxLength": low + rapid.IntRange(0, 9).Draw(r, "room")}
	case "pattern":
		return js{"type": "string", "pattern": rapid.SampledFrom([]string{
			`^[a-z]{2,5}-\d+$`, `^(foo|bar)*$`, `\bword\b`, `^é+$`, `[^a-z]`, `^\p{Lu}\w?$`, `^(?i)abc$`, `^$`, `^(a{2}|[b-d]+e)$`,
		}).Draw(r, "pattern")}
	case "format":
		return js{"type": "string", "format": rapid.SampledFrom([]string{
			"date-time", "date", "time", "duration", "email", "idn-email", "hostname", "ipv4", "ipv6", "uri", "url", "iri", "uri-reference", "iri-reference",
			"uri-template", "uuid", "json-pointer", "relative-json-pointer", "regex", "semver", "byte", "int32", "unheard-of",
		}).Draw(r, "format")}
	case "integer", "number":
		low := rapid.Int64Range(-1_000_000, 1_000_000).Draw(r, "low")
		high := low + rapid.Int64Range(2, 1000).Draw(r, "room")
		return rapid.SampledFrom([]js{{"type": kind}, {"type": kind, "minimum": low}, {"type": kind, "maximum": high},
			{"type": kind, "minimum": low, "maximum": high}, {"type": kind, "exclusiveMinimum": low, "exclusiveMaximum": high}}).Draw(r, "range")
	case "multiple":
		return js{"type": "number", "multipleOf": rapid.SampledFrom([]float64{0.01, 0.3, 2.5, 7, 100}).Draw(r, "step"), "minimum": rapid.IntRange(-50, 50).Draw(r, "low")}
	case "boolean", "null":
		return js{"type": kind}
	case "enum":
		return js{"enum": []any{"a", 1, nil, js{"x": []any{1}}, 2.5}[rapid.IntRange(0, 4).Draw(r, "from"):]}
	case "const":
		return js{"const": rapid.SampledFrom([]any{"a", 0, nil, false, js{"x": 1}, []any{}}).Draw(r, "const")}
	case "list":
		return js{"type": []string{"string", "integer", "null"}[rapid.IntRange(0, 2).Draw(r, "from"):], "default": rapid.SampledFrom([]any{"d", 5, nil}).Draw(r, "default")}
	case "untyped":
		return rapid.SampledFrom([]any{true, js{}, js{"description": "any"}, js{"minLength": 3}, js{"not": js{"type": "string"}}, js{"not": js{"type": []string{"object", "string"}}}}).Draw(r, "any")
	default:
		return saneOuter(r, kind, depth-1)
	}
}

func saneOuter(r *rapid.T, kind string, depth int) any {
	switch kind {
	case "object", "if":
		props, names := js{}, []string{"query", "city", "id", "n", "ü"}[:rapid.IntRange(0, 5).Draw(r, "names")]
		for _, name := range names {
			props[name] = sane(r, depth)
		}
		s := js{"type": "object", "properties": props, "required": names[:rapid.IntRange(0, len(names)).Draw(r, "required")]}
		if rapid.Bool().Draw(r, "closed") {
			s["additionalProperties"] = false
		} else if kind == "if" {
			s["properties"].(js)["way"] = js{"enum": []string{"a", "b"}}
			s["if"], s["then"], s["else"] = js{"properties": js{"way": js{"const": "a"}}, "required": []string{"way"}}, js{"required": []string{"extra"}}, js{"maxProperties": 50}
		} else {
			s["minProperties"], s["patternProperties"] = rapid.IntRange(0, 7).Draw(r, "least"), js{"^x_": sane(r, depth)}
		}
		return s
	case "array":
		low := rapid.IntRange(0, 4).Draw(r, "low")
		return js{"type": kind, "items": sane(r, depth), "minItems": low, "maxItems": low + rapid.IntRange(0, 2).Draw(r, "room")}
	case "tuple":
		return js{"type": "array", "prefixItems": []any{sane(r, depth), sane(r, depth)}, "items": rapid.Bool().Draw(r, "open"), "minItems": rapid.IntRange(0, 2).Draw(r, "low")}
	case "set":
		return js{"type": "array", "uniqueItems": true, "minItems": rapid.IntRange(0, 4).Draw(r, "low"), "items": js{"enum": []any{1, "1", nil, false}}}
	case "contains":
		return js{"type": "array", "contains": sane(r, depth), "minContains": rapid.IntRange(0, 3).Draw(r, "low")}
	case "map":
		return js{"type": "object", "propertyNames": js{"pattern": "^[a-z]{3,9}$"}, "additionalProperties": sane(r, depth), "minProperties": rapid.IntRange(0, 3).Draw(r, "least")}
	case "anyOf":
		return js{kind: []any{sane(r, depth), sane(r, depth), false}}
	case "allOf":
		return js{kind: []any{js{"type": "object", "properties": js{"id": sane(r, depth)}, "required": []string{"id"}}, js{"properties": js{"city": sane(r, depth)}}, js{"minProperties": 2}}}
	default: // a recursion, nested in whatever there is
		return js{"$ref": rapid.SampledFrom([]string{"#/$defs/tree", "#/$defs/list", "#/$defs/a~1b%25"}).Draw(r, "ref")}
	}
}

var defs = js{
	"tree": js{"type": "object", "properties": js{"left": js{"$ref": "#/$defs/tree"}, "kids": js{"type": "array", "items": js{"$ref": "#/$defs/tree"}}}, "required": []string{"kids"}},
	"list": js{"type": "object", "properties": js{"next": js{"anyOf": []any{js{"$ref": "#/$defs/list"}, js{"type": "null"}}}}, "required": []string{"next"}},
	"a/b%": js{"oneOf": []any{js{"type": "array", "items": js{"$ref": "#/$defs/a~1b%25"}, "minItems": 1}, js{"type": "integer"}}},
}

// Whatever can be met, is met.
func TestInstanceOfAnySaneSchema(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		schema := js{"$defs": defs, "allOf": []any{sane(r, 3)}}
		text, err := json.Marshal(schema)
		require.NoError(r, err)
		s, err := compiled(text)
		require.NoError(r, err, "%s", text)
		got, err := author.Instance(text, agentchaos.Seed(rapid.Uint64().Draw(r, "seed")))
		require.NoError(r, err, "%s", text)
		require.NoError(r, validate(s, got), "%s of %s", got, text)
	})
}

// wild draws keywords without a thought for each other.
func wild(r *rapid.T, depth int) any {
	if depth == 0 || rapid.IntRange(0, 9).Draw(r, "leaf") == 0 {
		return rapid.SampledFrom([]any{true, false, js{}, js{"type": "string"}, js{"type": "null"}, js{"$ref": "#"}, js{"enum": []any{1, 2, "x"}}, js{"const": nil}}).Draw(r, "leaf")
	}
	sub := func() any { return wild(r, depth-1) }
	some := func() []any {
		return rapid.SliceOfN(rapid.Custom(func(r *rapid.T) any { return wild(r, depth-1) }), 1, 3).Draw(r, "some")
	}
	number := func() any { return rapid.SampledFrom([]any{-3, 0, 0.5, 1, 2, 2.25, 10, 1e20}).Draw(r, "number") }
	small := func() any { return rapid.IntRange(0, 4).Draw(r, "count") }
	names := []string{"a", "b", "id"}
	s := js{}
	for range rapid.IntRange(1, 5).Draw(r, "keywords") {
		switch k := rapid.SampledFrom([]string{"type", "properties", "required", "additionalProperties", "patternProperties", "minProperties", "maxProperties",
			"propertyNames", "dependentRequired", "dependentSchemas", "items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains",
			"minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
			"enum", "const", "default", "examples", "anyOf", "oneOf", "allOf", "not", "if", "then", "else"}).Draw(r, "keyword"); k {
		case "type":
			s[k] = rapid.SampledFrom([]any{"object", "array", "string", "integer", "number", []string{"null", "string"}, []string{"number", "object"}}).Draw(r, k)
		case "properties", "patternProperties", "dependentSchemas":
			s[k] = js{"a": sub(), "b": sub()}
		case "required":
			s[k] = names[:rapid.IntRange(0, 3).Draw(r, k)]
		case "dependentRequired":
			s[k] = js{"a": []string{"b"}, "id": []string{"a"}}
		case "additionalProperties", "propertyNames", "items", "contains", "not", "if", "then", "else":
			s[k] = sub()
		case "prefixItems", "anyOf", "oneOf", "allOf":
			s[k] = some()
		case "minProperties", "maxProperties", "minItems", "maxItems", "minContains", "maxContains", "minLength", "maxLength":
			s[k] = small()
		case "uniqueItems":
			s[k] = true
		case "pattern":
			s[k] = rapid.SampledFrom([]string{"a", "^[a-z]+$", "b{2}", "^x?"}).Draw(r, k)
		case "format":
			s[k] = rapid.SampledFrom([]string{"date", "email", "uri", "nothing"}).Draw(r, k)
		case "multipleOf":
			s[k] = rapid.SampledFrom([]any{0.1, 1, 1.5, 7}).Draw(r, k)
		case "enum", "examples":
			s[k] = []any{number(), "abc", nil, js{"a": number()}, []any{1, 1.0}}
		case "const", "default":
			s[k] = rapid.SampledFrom([]any{number(), "2026-01-01", js{"a": "b"}, []any{1, 2}}).Draw(r, k)
		default:
			s[k] = number()
		}
	}
	return s
}

// Whatever is written, fits; and not too rarely is something written.
func TestInstanceOfAWildSchemaFitsOrFails(t *testing.T) {
	asked, met := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		schema := wild(r, 3)
		if o, ok := schema.(js); ok && rapid.Bool().Draw(r, "draft 7") {
			schema = maps.Clone(o)
			schema.(js)["$schema"] = "http://json-schema.org/draft-07/schema#"
		}
		text, err := json.Marshal(schema)
		require.NoError(r, err)
		s, err := compiled(text)
		require.NoError(r, err, "%s", text)
		asked++
		got, err := author.Instance(text, agentchaos.Seed(rapid.Uint64().Draw(r, "seed")))
		if err != nil {
			var e *author.Error
			require.ErrorAs(r, err, &e, "%s", text)
			return
		}
		met++
		require.NoError(r, validate(s, got), "%s of %s", got, text)
	})
	require.Greater(t, met, asked/3, fmt.Sprintf("of %d", asked))
}
