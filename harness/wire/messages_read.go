package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// messagesRequest is the body of an Anthropic Messages request, as far as it matters here.
type messagesRequest struct {
	Model    string `json:"model"`
	System   words  `json:"system"`
	Messages []struct {
		Role    string         `json:"role"`
		Content messagesBlocks `json:"content"`
	} `json:"messages"`
	Tools []struct {
		Name        string          `json:"name"`
		InputSchema json.RawMessage `json:"input_schema"`
	} `json:"tools"`
	ToolChoice struct {
		Type string `json:"type"`
		Name string `json:"name"`
	} `json:"tool_choice"`
	OutputFormat outputFormat `json:"output_format"`
	OutputConfig struct {
		Format outputFormat `json:"format"`
	} `json:"output_config"`
	MaxTokens   *int             `json:"max_tokens"`
	Stream      bool             `json:"stream"`
	Temperature *json.RawMessage `json:"temperature"`
	TopP        *json.RawMessage `json:"top_p"`
	TopK        *json.RawMessage `json:"top_k"`
}

type outputFormat struct {
	Type   string          `json:"type"`
	Schema json.RawMessage `json:"schema"`
}

// messagesBlocks is a string, or a list of content blocks.
type messagesBlocks []messagesBlock

type messagesBlock struct {
	Type      string          `json:"type"`
	Text      string          `json:"text"`
	Citations json.RawMessage `json:"citations"`
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Input     json.RawMessage `json:"input"`
	ToolUseID string          `json:"tool_use_id"`
	Content   words           `json:"content"`
}

// UnmarshalJSON makes a string a block of text.
func (bs *messagesBlocks) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var s string
		err := json.Unmarshal(b, &s)
		*bs = messagesBlocks{{Type: "text", Text: s}}
		return err
	}
	return json.Unmarshal(b, (*[]messagesBlock)(bs))
}

func readMessages(body []byte, p *Prompt) error {
	var r messagesRequest
	if err := json.Unmarshal(body, &r); err != nil {
		return err
	}
	p.Model, p.Stream = r.Model, r.Stream
	if p.bounded = r.MaxTokens != nil; p.bounded {
		p.Max = *r.MaxTokens
	}
	p.Choice = map[string]string{"any": "required", "tool": r.ToolChoice.Name, "none": "none"}[r.ToolChoice.Type]
	if r.OutputFormat.Type == "" {
		r.OutputFormat = r.OutputConfig.Format
	}
	if r.OutputFormat.Type == "json_schema" {
		p.Schema = schema(r.OutputFormat.Schema)
	}
	if r.System != "" {
		p.Turns = append(p.Turns, Turn{Role: "system", Text: string(r.System)})
	}
	for i := range r.Messages {
		p.addBlocks(r.Messages[i].Role, r.Messages[i].Content)
	}
	for _, t := range r.Tools {
		if t.InputSchema != nil { // the others are the vendor's own, which it runs itself
			p.Tools = append(p.Tools, Tool{t.Name, schema(t.InputSchema)})
		}
	}
	if len(r.Messages) == 0 {
		return errors.New("messages: at least one message is required")
	}
	return nil
}

// addBlocks appends a message: results of tools are turns of their own, before what the user says besides.
func (p *Prompt) addBlocks(role string, blocks messagesBlocks) {
	t, text := Turn{Role: role}, strings.Builder{}
	for i := range blocks {
		switch b := &blocks[i]; b.Type {
		case "text":
			text.WriteString(b.Text)
		case "tool_use":
			t.Calls = append(t.Calls, ToolCall{b.ID, b.Name, string(b.Input)})
		case "tool_result":
			p.Turns = append(p.Turns, Turn{Role: "tool", Text: string(b.Content), Answer: b.ToolUseID})
		}
	}
	if t.Text = text.String(); t.Text != "" || len(t.Calls) > 0 || len(blocks) == 0 || blocks[0].Type != "tool_result" {
		p.Turns = append(p.Turns, t)
	}
}

// strictVersion is the first version of the API that refuses what this function looks for: docs.anthropic.com, API versions,
// 21 October 2026.
const strictVersion = "2026-10-21"

// refusedBy is what a request must not have at its version of the API; nil: it is well.
func refusedBy(version string, body []byte) error {
	if version < strictVersion {
		return nil
	}
	var r messagesRequest
	if json.Unmarshal(body, &r) != nil {
		return nil // said elsewhere
	}
	for _, x := range []struct {
		name string
		raw  *json.RawMessage
	}{{"temperature", r.Temperature}, {"top_p", r.TopP}, {"top_k", r.TopK}} {
		if x.raw != nil {
			return fmt.Errorf("%s: this parameter is not supported at anthropic-version %s", x.name, version)
		}
	}
	for i, m := range r.Messages {
		for k, b := range m.Content {
			at := fmt.Sprintf("messages.%d.content.%d", i, k)
			switch c := string(b.Citations); {
			case b.Type == "document" && m.Role == "assistant":
				return fmt.Errorf("%s: `document` blocks are not permitted in assistant messages at anthropic-version %s", at, version)
			case b.Type == "text" && m.Role == "user" && c != "" && c != "null" && c != "[]":
				return fmt.Errorf("%s.citations: must be empty on user text at anthropic-version %s", at, version)
			}
		}
	}
	return nil
}
