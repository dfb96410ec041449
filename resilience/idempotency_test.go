package resilience_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/resilience"
)

func refund() *agentchaos.Request {
	return &agentchaos.Request{
		ID: agentchaos.ID{Task: 7, Step: 3}, Target: "tool/refund", Use: agentchaos.UseWrite,
		Arguments: `{"order":"A-1","amount":12.50}`,
	}
}

// Keys that servers hold today: another one would do the effect again. Computed by hand:
//
//	python3 -c 'import hashlib; print(hashlib.sha256(b"\x05run-1" + bytes([0,0,0,7, 0,3]) + b"\x0btool/refund" + b"""{"amount":12.50,"order":"A-1"}""").hexdigest()[:32])'
func TestKeysArePinned(t *testing.T) {
	require.Equal(t, "2d421e04898d16701f3f1eb5d9e67348", resilience.KeyOf("run-1", refund()).String())
	plain := refund()
	plain.Arguments = ""
	require.Equal(t, "a5a2df66080f49a4765322ce76cfffd4", resilience.KeyOf("", plain).String())
}

func TestKeyIsWhatItSays(t *testing.T) {
	key := resilience.KeyOf("run", refund())
	for what, change := range map[string]func(*agentchaos.Request){
		"attempt": func(r *agentchaos.Request) { r.ID.Attempt = 9 },
		"copy":    func(r *agentchaos.Request) { r.ID.Copy = 1 },
		"an older key, the deadline, the limits": func(r *agentchaos.Request) {
			r.Key, r.By, r.FirstToken, r.Idle = agentchaos.Key{1}, 5, 6, 7
		},
		"the spelling of its arguments": func(r *agentchaos.Request) { r.Arguments = "{\"amount\" : 12.50,\n\t\"ord\\u0065r\": \"A-1\"}" },
	} {
		req := refund()
		change(req)
		require.Equal(t, key, resilience.KeyOf("run", req), what)
	}
	for what, change := range map[string]func(*agentchaos.Request){
		"task":               func(r *agentchaos.Request) { r.ID.Task = 8 },
		"step":               func(r *agentchaos.Request) { r.ID.Step = 4 },
		"tool":               func(r *agentchaos.Request) { r.Target = "tool/refunds" },
		"arguments":          func(r *agentchaos.Request) { r.Arguments = `{"order":"A-2","amount":12.50}` },
		"a number's digits":  func(r *agentchaos.Request) { r.Arguments = `{"order":"A-1","amount":12.5}` },
		"a number's type":    func(r *agentchaos.Request) { r.Arguments = `{"order":"A-1","amount":"12.50"}` },
		"no arguments":       func(r *agentchaos.Request) { r.Arguments = "" },
		"arguments in lists": func(r *agentchaos.Request) { r.Arguments = `[` + r.Arguments + `]` },
	} {
		req := refund()
		change(req)
		require.NotEqual(t, key, resilience.KeyOf("run", req), what)
	}
	require.NotEqual(t, key, resilience.KeyOf("ru", refund()))
}

// Different writes have different keys, whatever is in their names: nothing of one part can pass for another.
func TestKeysDiffer(t *testing.T) {
	text := rapid.StringMatching(`[\x00\x01ab]{0,6}`)
	type write struct {
		run, target, arguments string
		task                   uint32
		step                   uint16
	}
	writes := rapid.Custom(func(t *rapid.T) write {
		return write{
			text.Draw(t, "run"), text.Draw(t, "target"), text.Draw(t, "arguments"),
			rapid.OneOf(rapid.Uint32Range(0, 2), rapid.Just(uint32(0x61006100))).Draw(t, "task"),
			rapid.OneOf(rapid.Uint16Range(0, 2), rapid.Just(uint16(0x6100))).Draw(t, "step"),
		}
	})
	key := func(w write) agentchaos.Key {
		return resilience.KeyOf(w.run, &agentchaos.Request{ID: agentchaos.ID{Task: w.task, Step: w.step}, Target: w.target, Arguments: w.arguments})
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := writes.Draw(t, "a"), writes.Draw(t, "b")
		require.Equal(t, a == b, key(a) == key(b))
	})
	require.NotEqual(t, key(write{run: "a\x00", target: "b"}), key(write{run: "a", target: "\x00b"}))
	require.NotEqual(t, key(write{target: "a", arguments: "b"}), key(write{target: "ab"}))
	require.NotEqual(t, key(write{run: "a", step: 0x61, target: "b"}), key(write{run: "a\x00", step: 0x6162}), "were names only ended by a zero")
	long := strings.Repeat("x", 'b')
	require.NotEqual(t, key(write{run: "a", step: 0x61, target: "b", arguments: long}), key(write{run: "a\x00", step: 0x6101, target: long}), "were runs")
}

// document is a JSON value and how to write it: every time in another order and with other white space.
func document(depth int) *rapid.Generator[any] {
	leaves := rapid.OneOf(
		rapid.Just[any](nil), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.SampledFrom([]string{"0", "-0", "1", "1.0", "1e3", "12345678901234567890", "0.1"}), func(s string) any { return json.Number(s) }),
		rapid.Map(rapid.StringOfN(rapid.RuneFrom([]rune(`ab"\<é`)), 0, 5, -1), func(s string) any { return s }),
	)
	if depth == 0 {
		return leaves
	}
	names := rapid.StringOfN(rapid.RuneFrom([]rune("abc")), 1, 2, -1)
	return rapid.OneOf(leaves,
		rapid.Map(rapid.SliceOfN(document(depth-1), 0, 3), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(names, document(depth-1), 0, 4), func(m map[string]any) any { return m }),
	)
}

func spell(t *rapid.T, v any) string {
	space := func() string { return rapid.StringMatching(`[ \n\t\r]{0,2}`).Draw(t, "space") }
	var s string
	switch v := v.(type) {
	case map[string]any:
		var pairs []string
		for _, k := range rapid.Permutation(slices.Sorted(maps.Keys(v))).Draw(t, "order") {
			pairs = append(pairs, spell(t, k)+":"+spell(t, v[k]))
		}
		s = "{" + space() + strings.Join(pairs, ",") + "}"
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, spell(t, x))
		}
		s = "[" + space() + strings.Join(parts, ",") + "]"
	default:
		b, err := json.Marshal(v)
		require.NoError(t, err)
		s = string(b)
	}
	return space() + s + space()
}

func TestCanonicalIsOneSpelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := document(3).Draw(t, "document")
		one := resilience.Canonical(spell(t, a))
		require.Equal(t, one, resilience.Canonical(spell(t, a)))
		require.Equal(t, one, resilience.Canonical(one))
		plain, err := json.Marshal(a)
		require.NoError(t, err)
		require.Equal(t, string(plain), one)

		b := document(3).Draw(t, "another")
		other, err := json.Marshal(b)
		require.NoError(t, err)
		require.Equal(t, string(plain) == string(other), one == resilience.Canonical(spell(t, b)), "different documents stay different")
	})
}

func TestCanonicalLeavesAloneWhatIsNotJSON(t *testing.T) {
	for _, s := range []string{
		"", " ", "order A-1", `{"a": 1`, `{"a": 1}]`, `{"a": 1} {}`, `{"a": 1}}`, `{"a": 01}`, "{\"a\": \"\xff\"}", `{ "a": "\ud800" }`, `{ "a": "\ufffd" }`,
	} {
		require.Equal(t, s, resilience.Canonical(s))
	}
}
