package author

import (
	"strings"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/agentchaos/agentchaos/scenarios"
)

// Author writes the answers of simulated models. The zero value makes all of them up. It is a [wire.Author].
type Author struct {
	Rules []scenarios.Answer // asked first, in order
	Seed  agentchaos.Seed    // of what is made up
}

// Answer is what the first rule says that fits. Where none does it is made up from the request: a call of a tool, with
// arguments that fit its schema, unless one has been answered since the user spoke last; then, so that every conversation
// ends, a closing text, or a document of the schema that was asked for. The same conversation gets the same answer.
func (a *Author) Answer(target string, p *wire.Prompt) wire.Reply {
	c := overhear(p)
	if r := scenarios.AnswerTo(a.Rules, &scenarios.Question{Text: c.text, Model: target, Tools: c.tools, Turn: c.turn}); r != nil {
		return ruled(r)
	}
	luck := a.luck(target, &c)
	switch t := c.choose(p, luck); {
	case t != nil:
		return wire.Reply{Calls: []wire.ToolCall{{Name: t.Name, Arguments: arguments(t, luck)}}}
	case p.Schema != nil:
		return wire.Reply{Text: document(p.Schema, luck)}
	case c.results > 0:
		return wire.Reply{Text: c.closing()}
	}
	return wire.Reply{Text: chat(luck)}
}

func ruled(r *scenarios.Answer) wire.Reply {
	out := wire.Reply{Text: r.Say, Finish: r.Finish}
	for _, c := range r.Calls {
		out.Calls = append(out.Calls, wire.ToolCall{Name: c.Tool, Arguments: c.Arguments})
	}
	return out
}

// luck is the stream that a turn of a conversation draws from.
func (a *Author) luck(target string, c *conversation) agentchaos.Seed {
	return agentchaos.Seed(a.Seed.Derive(target).Derive(c.text).Nth(uint64(c.turn)))
}

// conversation is what matters of a prompt.
type conversation struct {
	text    string   // the last of the user
	tools   []string // that are offered
	turn    int      // of the model: 1, if it has said nothing yet
	called  []string // tools that the model has called since the user spoke last
	results int      // answers of tools since then
}

func overhear(p *wire.Prompt) (c conversation) {
	c.turn = 1
	for i := range p.Turns {
		switch t := &p.Turns[i]; t.Role {
		case "user":
			c.text, c.called, c.results = t.Text, nil, 0
		case "assistant":
			c.turn++
			for _, k := range t.Calls {
				c.called = append(c.called, k.Name)
			}
		case "tool":
			c.results++
		}
	}
	for _, t := range p.Tools {
		c.tools = append(c.tools, t.Name)
	}
	return c
}

// choose is the tool to call; nil: none.
func (c *conversation) choose(p *wire.Prompt, luck agentchaos.Seed) *wire.Tool {
	switch {
	case len(p.Tools) == 0 || p.Choice == "none":
		return nil
	case p.Choice == "required":
		if c.results > 0 {
			return c.last(p)
		}
		return c.relevant(p, luck)
	case p.Choice != "" && p.Choice != "auto":
		for i := range p.Tools {
			if p.Tools[i].Name == p.Choice {
				return &p.Tools[i]
			}
		}
		return nil
	case c.results > 0:
		return nil
	}
	return c.relevant(p, luck)
}

// mostHeard is how much of what the user says is looked through for the words of tools, from the end, in bytes.
const mostHeard = 4 << 10

// relevant is the tool of which the user has said most words, and of equals any.
func (c *conversation) relevant(p *wire.Prompt, luck agentchaos.Seed) *wire.Tool {
	text := strings.ToLower(c.text[max(0, len(c.text)-mostHeard):])
	n := len(p.Tools)
	start := int(luck.Nth(1) % uint64(n))
	best, most, last := start, 0, isLast(p.Tools[start].Name)
	for k := range n {
		i := (start + k) % n
		if isLast(p.Tools[i].Name) {
			continue
		}
		said := 0
		for _, w := range strings.FieldsFunc(strings.ToLower(p.Tools[i].Name), func(r rune) bool { return r == '_' || r == '-' || r == '.' }) {
			if len(w) > 3 && strings.Contains(text, w) {
				said++
			}
		}
		if said > most || last {
			best, most, last = i, said, false
		}
	}
	return &p.Tools[best]
}

// last is the tool that ends a conversation in which some tool must be called every time: one whose name says so, else one that
// has not been called yet, else the last.
func (c *conversation) last(p *wire.Prompt) *wire.Tool {
	for i := range p.Tools {
		if isLast(p.Tools[i].Name) {
			return &p.Tools[i]
		}
	}
	called := map[string]bool{}
	for _, name := range c.called {
		called[name] = true
	}
	for i := range p.Tools {
		if !called[p.Tools[i].Name] {
			return &p.Tools[i]
		}
	}
	return &p.Tools[len(p.Tools)-1]
}

// isLast reports whether a tool is what frameworks have a model answer with (pydantic-ai's final_result, and the like).
func isLast(name string) bool {
	name = strings.ToLower(name)
	for _, w := range [...]string{"final", "finish", "answer", "respond", "submit", "done", "complete"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}
