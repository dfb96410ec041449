package wire

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestDigestIsOfWhatIsSaid(t *testing.T) {
	same := [][]string{
		{`{"a":1,"b":[2,{"c":"x","d":null}]}`, ` { "b" : [ 2 , {"d":null,"c":"x"} ] , "a" : 1 } `, "{\"b\":[2,{\"d\":null,\"c\":\"x\"}],\n\t\"a\":1}\r\n"},
		{`{"a":1}`, `{"a":1,"stream":true}`, `{"stream":false,"a":1}`, `{"a":1,"stream_options":{"include_usage":true}}`, `{"a":1,"str\u0065am":true}`},
		{`"é\n😀"`, `"\u00e9\u000a\ud83d\ude00"`, "\"é\\n\U0001F600\""},
		{`{}`, ` { } `},
	}
	seen := map[uint64]int{}
	for i, group := range same {
		want := digest([]byte(group[0]))
		for _, text := range group {
			require.Equal(t, want, digest([]byte(text)), text)
		}
		require.NotContains(t, seen, want)
		seen[want] = i
	}
}

func TestDigestTellsApart(t *testing.T) {
	seen := map[uint64]string{}
	for _, text := range []string{
		``, `{}`, `[]`, `null`, `0`, `1`, `"1"`, `""`, `"a"`, `["a"]`, `["a","b"]`, `["b","a"]`, `["ab"]`, `[["a"],"b"]`, `[["a","b"]]`, `[[]]`, `[{}]`, `{"a":{}}`, `{"a":[]}`,
		`{"a":"b"}`, `{"b":"a"}`, `{"a":"b","c":"d"}`, `{"a":"d","c":"b"}`, `{"a":{"b":1},"c":2}`, `{"a":{"c":2},"b":1}`, `{"a":{"b":1,"c":2}}`,
		`{"a":{"stream":true}}`, `{"a":{"stream":false}}`, `{"a":1`, `{"a":1}}`, `{"a":1} x`, `{"a" 1}`, `{a:1}`, `"abc`, `"\`, `"\u12"`, `"\x"`, `[1,]`, `{"a":1,}`,
		`"12345678"`, `"123456789"`, "\"12345678\x00\"", `"1234567812345678"`, `"8765432112345678"`,
	} {
		h := digest([]byte(text))
		require.NotContains(t, seen, h, "%q and %q", text, seen[h])
		seen[h] = text
	}
}

// value draws any JSON value.
func value(t *rapid.T, depth int) any {
	most := 6
	if depth == 0 {
		most = 4
	}
	switch rapid.IntRange(0, most).Draw(t, "sort") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return float64(rapid.IntRange(-9, 99).Draw(t, "number"))
	case 3, 4:
		return rapid.StringOfN(rapid.RuneFrom([]rune("ab \"\\/\n\té<>&\u2028😀")), 0, 12, -1).Draw(t, "text")
	case 5:
		list := make([]any, rapid.IntRange(0, 3).Draw(t, "n"))
		for i := range list {
			list[i] = value(t, depth-1)
		}
		return list
	}
	object := map[string]any{}
	for range rapid.IntRange(0, 4).Draw(t, "n") {
		object[rapid.StringN(0, 4, -1).Draw(t, "key")] = value(t, depth-1)
	}
	return object
}

// written is a value in another order, with other blanks and escapes than encoding/json's.
func written(v any, luck *rand.Rand) string {
	blank := func() string { return []string{"", " ", "\n\t"}[luck.Intn(3)] }
	switch v := v.(type) {
	case map[string]any:
		var parts []string
		for k, x := range v {
			parts = append(parts, blank()+written(k, luck)+blank()+":"+written(x, luck))
		}
		slices.Sort(parts)
		luck.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		return blank() + "{" + strings.Join(parts, ",") + blank() + "}"
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, written(x, luck))
		}
		return "[" + blank() + strings.Join(parts, ",") + "]" + blank()
	case string:
		var b strings.Builder
		for _, r := range v {
			if r < 0x10000 && (r < ' ' || r == '"' || r == '\\' || luck.Intn(3) == 0) {
				fmt.Fprintf(&b, `\u%04X`, r)
			} else {
				b.WriteRune(r)
			}
		}
		return blank() + `"` + b.String() + `"` + blank()
	}
	b, _ := json.Marshal(v)
	return blank() + string(b) + blank()
}

func TestDigestOfAnyValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, w := value(t, 3), value(t, 3)
		a, err := json.Marshal(v)
		require.NoError(t, err)
		b, err := json.Marshal(w)
		require.NoError(t, err)
		luck := rand.New(rand.NewSource(rapid.Int64().Draw(t, "luck")))
		require.Equal(t, digest(a), digest([]byte(written(v, luck))), "%s", a)
		if string(a) != string(b) {
			require.NotEqual(t, digest(a), digest(b), "%s %s", a, b)
		}
	})
}

func FuzzDigest(f *testing.F) {
	for _, s := range []string{`{"a":[1,"\ud800\u0041"]}`, `{"a":`, `[[[[`, `"\`, "\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h := digest(b)
		var v any
		if !utf8.Valid(b) || json.Unmarshal(b, &v) != nil {
			return
		}
		if again, err := json.Marshal(v); err == nil && !strings.ContainsAny(string(b), ".eE-0") && !duplicates(b) {
			require.Equal(t, h, digest(again), "%s", again)
		}
	})
}

// duplicates reports whether a text may have two members of one name, of which encoding/json keeps one.
func duplicates(b []byte) bool { return strings.Count(string(b), ":") > 1 }

// A hostile body costs no more than its length: quotes and escapes are looked for once.
func TestDigestOfEscapesAlone(t *testing.T) {
	for _, piece := range []string{`\n`, `\"`, `\\`, `\u0041`, `[`, `{"":`} {
		digest([]byte(`{"a":"` + strings.Repeat(piece, 1<<20) + `"}`))
		digest([]byte(strings.Repeat(piece, 1<<20)))
	}
}

func BenchmarkDigest(b *testing.B) {
	turn := `{"role":"user","content":"` + strings.Repeat("Where is my order? ", 10) + `\nPlease look."}`
	body := []byte(`{"model":"gpt-4o","temperature":0.2,"stream":true,"messages":[` + turn + "," + turn + "," + turn + "," + turn + `]}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		digest(body)
	}
}
