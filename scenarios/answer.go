package scenarios

import (
	"path"
	"regexp"
	"slices"

	"github.com/agentchaos/agentchaos"
)

// Answer is a rule for what the simulated models say over HTTP: to the requests that meet all that is set, Say, Calls, or
// both. In virtual time models say what package faults has them say, and answers mean nothing.
type Answer struct {
	Text  *regexp.Regexp // found anywhere in the last text of the user; nil: not asked
	Model string         // a glob of path.Match over provider/model; "": not asked
	Tool  string         // a glob over the names of the tools that the request offers, of which one matches; "": not asked
	Turn  int            // which answer of the conversation it is: 1 if the model has said nothing yet; 0: not asked

	Say    string          // "": no text
	Calls  []ToolCall      // tools that the model wants called
	Finish agentchaos.Kind // Length or ContentFilter: why it ends early; None: it does not
}

// ToolCall is a call that a model asks for.
type ToolCall struct {
	Tool      string
	Arguments string // a JSON object in one spelling: keys sorted, no white space
}

// Question is what rules ask of a request.
type Question struct {
	Text  string   // the last text of the user
	Model string   // provider/model
	Tools []string // the names of the tools that it offers
	Turn  int      // messages of the model in it, plus one
}

// Fits reports whether the rule is for that request.
func (a *Answer) Fits(q *Question) bool {
	return (a.Turn == 0 || a.Turn == q.Turn) && glob(a.Model, q.Model) &&
		(a.Tool == "" || slices.ContainsFunc(q.Tools, func(name string) bool { return glob(a.Tool, name) })) &&
		(a.Text == nil || a.Text.MatchString(q.Text))
}

// glob reports whether a name matches; "" matches every name.
func glob(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return pattern == "" || ok && err == nil
}

// AnswerTo is the first of the rules that fits; nil: none does.
func AnswerTo(rules []Answer, q *Question) *Answer {
	for i := range rules {
		if rules[i].Fits(q) {
			return &rules[i]
		}
	}
	return nil
}

func answersField[T any](doc string, to func(*T) *[]Answer) field[T] {
	return field[T]{key: "answers", doc: doc + "; in virtual time they mean nothing", def: "answers made up from the request", shape: shape{"type": "array", "items": answerSection.shape()}, read: func(d *decoder, v at, t *T) {
		d.list(v, "a list of answers", func(v at) {
			a := Answer{}
			answerSection.read(d, v, &a)
			*to(t) = append(*to(t), a)
		})
	}}
}

// mostTurns bounds the number of a turn.
const mostTurns = 10_000

var answerSection = &section[Answer]{name: "answer", doc: "what models say to the requests that meet all its conditions", strict: true,
	check: func(d *decoder, v at, t *Answer) {
		if v.get("say") == nil && v.get("call") == nil {
			d.fail(v.node, v.path, "an answer without say or call", "such as say: It shipped on Tuesday.")
		}
	}, fields: []field[Answer]{
		{key: "text", doc: "a regular expression, found anywhere in the last text of the user", def: "any", shape: ref("name"), read: func(d *decoder, v at, t *Answer) { t.Text = d.pattern(v) }},
		{key: "model", doc: "a glob over provider/model", def: "any", shape: shape{"type": "string", "pattern": ".+/.+"}, read: func(d *decoder, v at, t *Answer) {
			if s, ok := d.scalar(v, "a glob over provider/model"); ok {
				t.Model = s
				misnamedModel(d, at{v.node, v.path})
			}
		}},
		globField("tool", "a glob: the request offers a tool of such a name", "any or none", func(t *Answer) *string { return &t.Tool }),
		wholeField("turn", "1: the model has said nothing yet; 2: it has once; and so on", "any", 1, mostTurns, func(t *Answer) *int { return &t.Turn }),
		givenField(textField("say", "what it says", "no text", func(t *Answer) *string { return &t.Say }), "malformed answers are a fault: kind: malformed, variant: empty"),
		{key: "call", doc: "the tools that it wants called", def: "none", shape: shape{"type": "array", "minItems": 1, "items": callSection.shape()}, read: func(d *decoder, v at, t *Answer) {
			d.list(v, "a list of calls such as [{tool: lookup_order, arguments: {id: A-1042}}]", func(v at) {
				c := ToolCall{Arguments: "{}"}
				callSection.read(d, v, &c)
				t.Calls = append(t.Calls, c)
			})
			if v.shape == listNode && len(v.items) == 0 {
				d.fail(v.node, v.path, "an empty list of calls", "leave it out for none")
			}
		}},
		wordField("finish", "why the answer ends early, as the API says it", "it does not", []string{"length", "content_filter"}, func(t *Answer, i int) {
			t.Finish = [...]agentchaos.Kind{agentchaos.Length, agentchaos.ContentFilter}[i]
		}),
	}}

var callSection = &section[ToolCall]{name: "call", doc: "a call of a tool that the model asks for", strict: true, fields: []field[ToolCall]{
	needed(givenField(textField("tool", "the tool's name, as the request offers it", "", func(t *ToolCall) *string { return &t.Tool }), "")),
	{key: "arguments", doc: "a map of any depth; the model writes it as JSON", def: "{}", shape: shape{"type": "object"}, read: func(d *decoder, v at, t *ToolCall) {
		if d.want(v, mapNode, "a map such as {id: A-1042}") {
			t.Arguments = d.arguments(v)
		}
	}},
}}

func globField[T any](key, doc, def string, to func(*T) *string) field[T] {
	return field[T]{key: key, doc: doc, def: def, shape: ref("name"), read: func(d *decoder, v at, t *T) {
		s, ok := d.scalar(v, "a glob")
		if !ok {
			return
		}
		if _, err := path.Match(s, ""); err != nil {
			d.fail(v.node, v.path, quote(s)+" is no glob", "a bracket is not closed")
		}
		*to(t) = s
	}}
}

// givenField is a text that is not empty.
func givenField[T any](f field[T], hint string) field[T] {
	f.shape = shape{"type": []string{"string", "number", "boolean"}, "minLength": 1}
	read := f.read
	f.read = func(d *decoder, v at, t *T) {
		if v.shape == scalarNode && v.text == "" {
			d.fail(v.node, v.path, "is an empty text", hint)
			return
		}
		read(d, v, t)
	}
	return f
}
