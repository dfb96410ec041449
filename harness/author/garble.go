package author

import (
	"encoding/json"
	"slices"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
)

// Garble is the answer of a model that is wrong in this way, at its own request: the schema's document with a field missing or
// of another type, a tool that nobody offers, arguments that stop in the middle.
func (a *Author) Garble(target string, p *wire.Prompt, v agentchaos.Variant) wire.Reply {
	good := a.Answer(target, p)
	switch v {
	case agentchaos.UnknownTool:
		return wire.Reply{Calls: []wire.ToolCall{{Name: "cancel_everything", Arguments: `{"id":"A-1042"}`}}}
	case agentchaos.BadArguments:
		return wire.Reply{Calls: []wire.ToolCall{badCall(p, &good)}}
	}
	text := good.Text
	if len(good.Calls) > 0 { // what belongs into a document goes into the arguments
		c := good.Calls[0]
		if v == agentchaos.FencedJSON {
			return wire.Reply{Text: fenced(c.Arguments)}
		}
		c.Arguments = spoiled(c.Arguments, v)
		return wire.Reply{Calls: []wire.ToolCall{c}}
	}
	if !json.Valid([]byte(text)) {
		b, _ := json.Marshal(map[string]any{"answer": text, "confidence": .9}) // of text and a number: it cannot fail
		text = string(b)
	}
	if v == agentchaos.FencedJSON {
		return wire.Reply{Text: fenced(text)}
	}
	return wire.Reply{Text: spoiled(text, v)}
}

// badCall is a call whose arguments stop in the middle.
func badCall(p *wire.Prompt, good *wire.Reply) wire.ToolCall {
	c := wire.ToolCall{Name: "lookup_order", Arguments: `{"id":"A-1042"}`}
	switch {
	case len(good.Calls) > 0:
		c = good.Calls[0]
	case len(p.Tools) > 0:
		c.Name = p.Tools[0].Name
	}
	if len(c.Arguments) < 4 {
		c.Arguments = `{"id":"A-1042"}`
	}
	c.Arguments = c.Arguments[:len(c.Arguments)/2]
	return c
}

func fenced(doc string) string {
	return "Sure! Here is the JSON:\n```json\n" + doc + "\n```\nLet me know if you need more."
}

// spoiled is a document that does not fit any more.
func spoiled(doc string, v agentchaos.Variant) string {
	var fields map[string]json.RawMessage
	if v == agentchaos.WrongSchema || json.Unmarshal([]byte(doc), &fields) != nil || len(fields) == 0 {
		return `{"result":{"status":"shipped","day":"Tuesday"}}`
	}
	names := make([]string, 0, len(fields))
	for n := range fields {
		names = append(names, n)
	}
	slices.Sort(names)
	last := names[len(names)-1]
	if v == agentchaos.MissingField {
		delete(fields, last)
	} else if x := fields[last]; len(x) > 0 && x[0] == '"' {
		fields[last] = json.RawMessage(`{"value":17}`)
	} else {
		fields[last] = json.RawMessage(`"high"`)
	}
	b, _ := json.Marshal(fields) // of JSON: it cannot fail
	return string(b)
}
