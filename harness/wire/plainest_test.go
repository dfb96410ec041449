package wire

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// nearlyPlain writes a request as an SDK does, then breaks it here and there.
func nearlyPlain(t *rapid.T) []byte {
	blank := func() string { return rapid.SampledFrom([]string{"", "", "", " ", "\n\t"}).Draw(t, "blank") }
	text := func() string {
		return `"` + rapid.SampledFrom([]string{"", "user", "assistant", "system", "developer", "Hello", "gpt-4o", "a/b", "user", "user", "Hello", "Hello", "Hi", "Hi", "o", "o", `\n`, "é", "\x01"}).Draw(t, "text") + `"`
	}
	number := func() string {
		return rapid.SampledFrom([]string{"0", "1", "16", "0.2", "16", "100", "100", "2000", "2000", "1.0", "-1", "01", "1e3", "0.5E2", "1.", "123456789", "1234567890", ".5"}).Draw(t, "number")
	}
	value := func() string {
		return rapid.SampledFrom([]string{text(), number(), "true", "false", "null", "[]", "{}"}).Draw(t, "value")
	}
	pair := func(name string, v string) string {
		return blank() + `"` + name + `"` + blank() + ":" + blank() + v + blank()
	}
	message := func() string {
		members := []string{pair("role", text()), pair("content", text())}
		if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
			members = append(members, pair(rapid.SampledFrom([]string{"name", "role", "Content", "tool_calls"}).Draw(t, "more"), value()))
		}
		return "{" + strings.Join(members, ",") + "}"
	}
	var messages []string
	for range rapid.IntRange(0, 3).Draw(t, "messages") {
		messages = append(messages, message())
	}
	members := []string{pair("model", text()), pair("messages", "["+strings.Join(messages, ",")+"]")}
	for range rapid.IntRange(0, 3).Draw(t, "settings") {
		name := rapid.SampledFrom([]string{"stream", "max_tokens", "max_completion_tokens", "temperature", "top_p", "n", "model", "system", "Max_Tokens", "tools"}).Draw(t, "setting")
		v := map[string]func() string{"stream": func() string { return "true" }, "max_tokens": number, "max_completion_tokens": number, "temperature": number}[name]
		if v == nil || rapid.IntRange(0, 5).Draw(t, "odd value") == 0 {
			v = value
		}
		members = append(members, pair(name, v()))
	}
	members = rapid.Permutation(members).Draw(t, "order")
	body := []byte(blank() + "{" + strings.Join(members, ",") + "}" + blank())
	if rapid.IntRange(0, 3).Draw(t, "break") == 0 {
		at := rapid.IntRange(0, len(body)-1).Draw(t, "at")
		body[at] = rapid.SampledFrom([]byte(`"{}[],:0 x\`)).Draw(t, "byte")
	}
	return body
}

func TestThePlainestIsReadAsEverythingElse(t *testing.T) {
	read, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		for range 100 {
			body := nearlyPlain(t)
			f := rapid.SampledFrom([]Format{Chat, Chat, Messages, Messages, Responses}).Draw(t, "format")
			all++
			var quick, slow Prompt
			if !plainest(f, body, &quick) {
				continue
			}
			read++
			require.NoError(t, readFully(f, body, &slow), "%s", body)
			require.Equal(t, slow, quick, "%s", body)
		}
	})
	require.Greater(t, 50*read, all, "it reads next to nothing")
}

func BenchmarkReadPrompt(b *testing.B) {
	body := []byte(`{"model":"gpt-4o","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Where is my order A-1042?"}],"temperature":0.2}`)
	for name, read := range map[string]func(*Prompt) bool{
		"plainest":      func(p *Prompt) bool { return plainest(Chat, body, p) },
		"encoding/json": func(p *Prompt) bool { return readFully(Chat, body, p) == nil },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !read(&Prompt{}) {
					b.Fatal("not read")
				}
			}
		})
	}
}
