package wire

import (
	"encoding/json"
	"strings"
)

// responsesRequest is the body of a Responses request, as far as it matters here.
type responsesRequest struct {
	Model        string         `json:"model"`
	Instructions words          `json:"instructions"`
	Input        responsesInput `json:"input"`
	Tools        []struct {
		Type       string          `json:"type"`
		Name       string          `json:"name"`
		Parameters json.RawMessage `json:"parameters"`
	} `json:"tools"`
	ToolChoice choice `json:"tool_choice"`
	Text       struct {
		Format struct {
			Type   string          `json:"type"`
			Schema json.RawMessage `json:"schema"`
		} `json:"format"`
	} `json:"text"`
	MaxOutputTokens int  `json:"max_output_tokens"`
	Stream          bool `json:"stream"`
}

// responsesInput is a string, or a list of items.
type responsesInput []responsesItem

type responsesItem struct {
	Type      string `json:"type"` // "": a message
	Role      string `json:"role"`
	Content   words  `json:"content"`
	CallID    string `json:"call_id"`
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
	Output    words  `json:"output"`
}

// UnmarshalJSON makes a string the message of a user.
func (in *responsesInput) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var s string
		err := json.Unmarshal(b, &s)
		*in = responsesInput{{Role: "user", Content: words(s)}}
		return err
	}
	return json.Unmarshal(b, (*[]responsesItem)(in))
}

func readResponses(body []byte, p *Prompt) error {
	var r responsesRequest
	if err := json.Unmarshal(body, &r); err != nil {
		return err
	}
	p.Model, p.Stream, p.Choice, p.Max = r.Model, r.Stream, string(r.ToolChoice), r.MaxOutputTokens
	if f := r.Text.Format; f.Type != "" && f.Type != "text" {
		if p.Schema = schema(f.Schema); p.Schema == nil {
			p.Schema = json.RawMessage(`{}`)
		}
	}
	if r.Instructions != "" {
		p.Turns = append(p.Turns, Turn{Role: "system", Text: string(r.Instructions)})
	}
	var said strings.Builder
	for i := range r.Input {
		if t, ok := r.Input[i].turn(); ok {
			p.add(t, &said)
		}
	}
	for _, t := range r.Tools {
		if t.Type == "function" { // the others are the vendor's own, which it runs itself
			p.Tools = append(p.Tools, Tool{t.Name, schema(t.Parameters)})
		}
	}
	return nil
}

func (i *responsesItem) turn() (Turn, bool) {
	switch i.Type {
	case "", "message":
		role := i.Role
		if role == "developer" {
			role = "system"
		}
		return Turn{Role: role, Text: string(i.Content)}, true
	case "function_call":
		return Turn{Role: "assistant", Calls: []ToolCall{{i.CallID, i.Name, i.Arguments}}}, true
	case "function_call_output":
		return Turn{Role: "tool", Text: string(i.Output), Answer: i.CallID}, true
	}
	return Turn{}, false // reasoning, references and the like say nothing
}

// add appends a turn. What an assistant said in several items, with nothing between them, is one turn; said is what the last one
// says, to be written on.
func (p *Prompt) add(t Turn, said *strings.Builder) {
	last := p.last()
	if last != nil && last.Role == "assistant" && t.Role == "assistant" {
		last.Calls = append(last.Calls, t.Calls...)
	} else {
		said.Reset()
		p.Turns = append(p.Turns, t)
		last = p.last()
	}
	said.WriteString(t.Text)
	last.Text = said.String()
}
