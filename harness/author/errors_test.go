package author_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos/harness/author"
)

func TestErrorsNameKindAndPlace(t *testing.T) {
	for _, c := range []struct {
		schema  string
		kind    error
		pointer string
	}{
		{``, author.ErrSchema, ""},
		{`{} {}`, author.ErrSchema, ""},
		{`[]`, author.ErrSchema, ""},
		{`{"properties":{"a":5},"required":["a"]}`, author.ErrSchema, "/properties/a"},
		{`{"properties":{"a/b":{"type":"str"}},"required":["a/b"]}`, author.ErrSchema, "/properties/a~1b/type"},
		{`{"properties":{"a":{"$ref":"#/$defs/x"}},"required":["a"]}`, author.ErrRef, "/properties/a/$ref"},
		{`{"$ref":"https://example.com/schema.json"}`, author.ErrRef, "/$ref"},
		{`{"type":"string","not":{"$ref":"other.json"}}`, author.ErrRef, ""},
		{`{"$ref":"#"}`, author.ErrRef, ""},
		{`{"$schema":"http://json-schema.org/draft-07/schema#","$ref":"#"}`, author.ErrRef, ""},
		{`{"anyOf":[{"$ref":"#"}]}`, author.ErrRef, ""},
		{`{"properties":{"a":{"type":"string","pattern":"^(?=x)"}},"required":["a"]}`, author.ErrPattern, "/properties/a/pattern"},
		{`{"pattern":"` + strings.Repeat("(.{1000}x?)", 150) + `"}`, author.ErrPattern, "/pattern"},
		{`{"pattern":"` + strings.Repeat("x", 3000) + `"}`, author.ErrPattern, "/pattern"},
		{`false`, author.ErrUnfit, ""},
		{`{"properties":{"a":false},"required":["a"]}`, author.ErrUnfit, "/properties/a"},
		{`{"allOf":[{"type":"string"},{"type":"integer"}]}`, author.ErrUnfit, "/allOf/1/type"},
		{`{"type":"integer","minimum":1.2,"maximum":1.8}`, author.ErrUnfit, ""},
		{`{"type":"array","items":{"type":"boolean"},"uniqueItems":true,"minItems":3}`, author.ErrUnfit, "/items"},
		{`{"enum":[1,2],"minimum":3}`, author.ErrUnfit, ""},
		{`{"type":"object","properties":{"n":{"$ref":"#"}},"required":["n"]}`, author.ErrRef, ""},
		{`{"properties":{"n":{"$ref":"#"}},"required":["n"]}`, author.ErrLimit, ""},
		{`{"minLength":100000}`, author.ErrLimit, ""},
		{`{"minItems":100000}`, author.ErrLimit, ""},
		{`{"minProperties":1e300}`, author.ErrLimit, ""},
		{`{"type":"array","minItems":100,"items":{"type":"string","minLength":60000}}`, author.ErrLimit, "/items"},
		{`{"minimum":1e999999999}`, author.ErrLimit, "/minimum"},
		{`{"const":` + strings.Repeat("7", 1000) + `}`, author.ErrLimit, "/const"},
		{strings.Repeat(`{"items":`, 2000) + `{}` + strings.Repeat(`}`, 2000), author.ErrLimit, strings.Repeat("/items", 256)},
		{strings.Repeat(" ", 1<<20) + `{}`, author.ErrLimit, ""},
		{`{"allOf":[{}` + strings.Repeat(",{}", 5000) + `]}`, author.ErrLimit, ""},
	} {
		got, err := author.Instance([]byte(c.schema), 1)
		require.ErrorIs(t, err, c.kind, "%.100s gave %.100s", c.schema, got)
		var e *author.Error
		require.True(t, errors.As(err, &e))
		require.Equal(t, c.pointer, e.Pointer, "%.100s: %v", c.schema, err)
		require.Less(t, len(err.Error()), 600)
	}
}

// A long tuple is gone through for every item, which has to count as work: 200 KB of schema took 50 GB and a minute and a half.
func TestALongTupleIsWork(t *testing.T) {
	for _, keyword := range []string{"items", "prefixItems"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := author.Instance([]byte(`{"type":"array","`+keyword+`":[true`+strings.Repeat(",true", 10_000)+`]}`), 1)
		runtime.ReadMemStats(&after)
		require.ErrorIs(t, err, author.ErrLimit)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<30))
	}
}

// A pattern that only other engines read is no reason to fail where something else says what to write.
func TestUnreadablePatternBesideAFormatOrAnExample(t *testing.T) {
	for _, s := range []string{
		`{"type":"string","format":"email","pattern":"^(?!\\.)[a-z@.]+$"}`, // zod 4
		`{"type":"string","pattern":"^(?=a)","examples":["abc"]}`,
		`{"type":"string","pattern":"^(?=a)","enum":["abc"]}`,
		`{"type":"object","properties":{"a":{"type":"string","pattern":"(?=)"}}}`, // and not required
	} {
		_, err := author.Instance([]byte(s), 1)
		require.NoError(t, err, s)
	}
	got, err := author.Instance([]byte(`{"type":"string","pattern":"^\\u0061\\u00e9$"}`), 1)
	require.NoError(t, err)
	require.Equal(t, `"aé"`, string(got))
}

// However a schema is made to grow, the work and the instance stay within their limits. A limit that fails hangs or eats the
// machine's memory, which is how this test fails.
func TestHostileSchemasEnd(t *testing.T) {
	wide := func(n int, f string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = fmt.Sprintf(f, i)
		}
		return strings.Join(parts, ",")
	}
	nest := func(s string) string {
		for range 6 {
			s = `{"type":"object","required":["a"],"properties":{"a":` + s + `}}`
		}
		return s
	}
	for name, s := range map[string]string{
		"long numbers":    nest(`{"type":"number","minimum":1e-399,"maximum":2e-399,"multipleOf":1.` + strings.Repeat("7", 300) + `e-400,"not":{}}`),
		"short ranges":    nest(`{"type":"number","minimum":1e-399,"maximum":2e-399,"not":{}}`),
		"many bounds":     `{"type":"array","minItems":9000,"items":{"allOf":[` + wide(200, `{"minimum":%d.1e-399,"multipleOf":1e-399}`) + `]}}`,
		"many exponents":  `{"enum":[` + wide(30000, `%de-399`) + `],"not":{"enum":[` + wide(30000, `%de-399`) + `]}}`,
		"long formats":    nest(`{"type":"string","format":"email","minLength":20000}`),
		"long formats 2":  nest(`{"format":"hostname","enum":[` + wide(40, `"%d`+strings.Repeat("a.", 10000)+`"`) + `]}`),
		"doubling":        `{"$defs":{` + wide(40, `"%[1]d":{"allOf":[{"$ref":"#/$defs/n"},{"$ref":"#/$defs/n"}]}`) + `,"n":{"type":"object","properties":{"a":{"$ref":"#/$defs/n"},"b":{"$ref":"#/$defs/n"}},"required":["a","b"]}},"$ref":"#/$defs/n"}`,
		"wide tree":       `{"type":"array","minItems":3,"items":{"anyOf":[{"$ref":"#"},{"type":"array","minItems":200,"items":{"$ref":"#"}}]}}`,
		"untyped tree":    `{"minItems":3,"items":{"anyOf":[{"$ref":"#"},{"minItems":200,"items":{"$ref":"#"}}]}}`,
		"binary tree":     `{"type":"object","properties":{"a":{"anyOf":[{"$ref":"#"},{"type":"null"}]},"b":{"anyOf":[{"$ref":"#"},{"$ref":"#"},{"type":"null"}]}},"required":["a","b"]}`,
		"bushy":           `{"type":"array","minItems":100,"items":{"type":"array","minItems":100,"items":{"type":"array","minItems":100}}}`,
		"many unfit":      `{"anyOf":[` + wide(2000, `{"type":"object","required":["a%d"],"properties":{"a%[1]d":{"anyOf":[false,{"$ref":"#"},false]}}}`) + `]}`,
		"patterns":        `{"patternProperties":{` + wide(500, `"(a?){%d}x|.*":{}`) + `},"required":[` + wide(2000, `"p%d"`) + `]}`,
		"expanding":       `{"type":"string","pattern":"` + strings.Repeat(`(.{1000}x?)`, 150) + `","minLength":50000}`,
		"nested repeat":   `{"type":"string","pattern":"((((a*)*)*)*)*$","minLength":60000}`,
		"large enum":      `{"enum":[` + wide(50000, `{"a":[%d]}`) + `],"not":{"enum":[` + wide(20000, `{"a":[%d]}`) + `]}}`,
		"unique":          `{"type":"array","uniqueItems":true,"minItems":20000,"items":{"type":"integer","maximum":10}}`,
		"common multiple": `{"allOf":[` + wide(300, `{"multipleOf":1%[1]d.%[1]d7e-300}`) + `]}`,
		"not not":         strings.Repeat(`{"not":`, 120) + `{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}` + strings.Repeat(`}`, 120),
		"conditions":      `{"allOf":[` + wide(200, `{"if":{"required":["a%d"]},"then":{"required":["b%[1]d"]},"else":false}`) + `]}`,
		"long key":        `{"required":["` + strings.Repeat("k", 70_000) + `"]}`,
		"escapes":         `{"const":"` + strings.Repeat(`\u0001`, 20_000) + `"}`,
	} {
		got, err := author.Instance([]byte(s), 3)
		var e *author.Error
		if err != nil {
			require.ErrorAs(t, err, &e, name)
		}
		require.LessOrEqual(t, len(got), 64<<10, name)
		t.Logf("%s: %d bytes, %v", name, len(got), err)
	}
}
