package wire

import (
	"encoding/json"
	"errors"
)

// chatRequest is the body of a Chat Completions request, as far as it matters here.
type chatRequest struct {
	Model    string `json:"model"`
	Messages []struct {
		Role      string `json:"role"`
		Content   words  `json:"content"`
		ToolCalls []struct {
			ID       string `json:"id"`
			Function struct {
				Name      string `json:"name"`
				Arguments string `json:"arguments"`
			} `json:"function"`
		} `json:"tool_calls"`
		ToolCallID string `json:"tool_call_id"`
	} `json:"messages"`
	Tools []struct {
		Function struct {
			Name       string          `json:"name"`
			Parameters json.RawMessage `json:"parameters"`
		} `json:"function"`
	} `json:"tools"`
	ToolChoice     choice `json:"tool_choice"`
	ResponseFormat struct {
		Type       string `json:"type"`
		JSONSchema struct {
			Schema json.RawMessage `json:"schema"`
		} `json:"json_schema"`
	} `json:"response_format"`
	MaxTokens           int  `json:"max_tokens"`
	MaxCompletionTokens int  `json:"max_completion_tokens"`
	Stream              bool `json:"stream"`
	StreamOptions       struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

func readChat(body []byte, p *Prompt) error {
	var r chatRequest
	if err := json.Unmarshal(body, &r); err != nil {
		return err
	}
	p.Model, p.Stream, p.Usage, p.Choice = r.Model, r.Stream, r.StreamOptions.IncludeUsage, string(r.ToolChoice)
	if p.Max = r.MaxCompletionTokens; p.Max == 0 {
		p.Max = r.MaxTokens
	}
	if r.ResponseFormat.Type != "" && r.ResponseFormat.Type != "text" {
		if p.Schema = schema(r.ResponseFormat.JSONSchema.Schema); p.Schema == nil {
			p.Schema = json.RawMessage(`{}`)
		}
	}
	for i := range r.Messages {
		m := &r.Messages[i]
		t := Turn{Role: m.Role, Text: string(m.Content), Answer: m.ToolCallID}
		if t.Role == "developer" {
			t.Role = "system"
		}
		for _, c := range m.ToolCalls {
			t.Calls = append(t.Calls, ToolCall{c.ID, c.Function.Name, c.Function.Arguments})
		}
		p.Turns = append(p.Turns, t)
	}
	for _, t := range r.Tools {
		p.Tools = append(p.Tools, Tool{t.Function.Name, schema(t.Function.Parameters)})
	}
	if len(p.Turns) == 0 {
		return errors.New("'messages' must have at least one item")
	}
	return nil
}
