package author

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
)

// sentences are what models say that have nothing to say.
var sentences = [...]string{
	"The order shipped on Tuesday and should arrive within three days.",
	"I checked the account, and everything is as it should be.",
	"There are two ways to do this, and the simpler one is usually enough.",
	"The figures for the last quarter are a little above the forecast.",
	"You can change this at any time in the settings.",
	"If that does not help, a short note with the order number is all we need.",
	"Nothing else is open at the moment.",
	"The café on the corner closes at six, so there is time.",
}

// chat is a short text of a few sentences.
func chat(luck agentchaos.Seed) string {
	n := 2 + int(luck.Nth(2)%3)
	at := luck.Nth(3)
	var out []string
	for i := range n {
		out = append(out, sentences[(at+uint64(3*i))%uint64(len(sentences))])
	}
	return strings.Join(out, " ")
}

// closing is what a model says when its tools have answered.
func (c *conversation) closing() string {
	names := strings.Join(c.called, ", ")
	if names == "" {
		names = "the tools"
	}
	results := "1 result"
	if c.results != 1 {
		results = fmt.Sprintf("%d results", c.results)
	}
	return "I have what I need: " + results + " from " + names + ". Everything you asked for is done."
}

// arguments of a call: an object that fits the tool's schema. Of a schema that nothing fits, or nothing is known of, none.
func arguments(t *wire.Tool, luck agentchaos.Seed) string {
	if t.Schema == nil {
		return "{}"
	}
	x, err := Instance(t.Schema, luck.Derive(t.Name))
	if err != nil || len(x) == 0 || x[0] != '{' {
		return "{}"
	}
	return string(x)
}

// document is an answer in a schema; any object, where that cannot be had.
func document(schema json.RawMessage, luck agentchaos.Seed) string {
	x, err := Instance(schema, luck)
	if err != nil || string(x) == "{}" {
		return `{"answer":"Everything is as it should be."}`
	}
	return string(x)
}
