package wire

import "encoding/json"

// chatHearer understands Chat Completions.
type chatHearer struct{}

type chatMessage struct {
	Role      string          `json:"role"`
	Content   *string         `json:"content"`
	Refusal   string          `json:"refusal"`
	Thinking  json.RawMessage `json:"reasoning_content"` // DeepSeek, vLLM
	Reasoning json.RawMessage `json:"reasoning"`         // OpenRouter
	ToolCalls []struct {
		ID       string `json:"id"`
		Function struct {
			Name      string `json:"name"`
			Arguments string `json:"arguments"`
		} `json:"function"`
	} `json:"tool_calls"`
}

type chatAnswer struct {
	Choices []struct {
		Index        int         `json:"index"`
		Message      chatMessage `json:"message"`
		Delta        chatMessage `json:"delta"`
		FinishReason string      `json:"finish_reason"`
	} `json:"choices"`
	Usage *struct {
		PromptTokens     int `json:"prompt_tokens"`
		CompletionTokens int `json:"completion_tokens"`
	} `json:"usage"`
	Error *wireError `json:"error"`
}

func (chatHearer) event(h *hearing, _ string, data []byte) (done bool, err error) {
	if string(data) == "[DONE]" {
		return true, nil
	}
	var a chatAnswer
	if err := json.Unmarshal(data, &a); err != nil && !(oddField(err) && a.Error != nil) {
		return false, err
	}
	if a.Error != nil {
		return false, &eventError{a.Error.at(h.status)}
	}
	a.count(h)
	for i := range a.Choices {
		if a.Choices[i].Index == 0 {
			a.Choices[i].Delta.part(h)
			h.stopped(a.Choices[i].FinishReason)
		}
	}
	return false, nil
}

func (a *chatAnswer) count(h *hearing) {
	if a.Usage != nil {
		h.input, h.output = a.Usage.PromptTokens, a.Usage.CompletionTokens
	}
}

// part takes a delta. What only opens the answer, or a call, is no token.
func (m *chatMessage) part(h *hearing) {
	if m.Content != nil {
		opens := m.Role != "" && (h.text.Len() == 0 || *m.Content == "") // there are vendors that name the role in every chunk
		h.say(*m.Content)
		if !opens {
			h.token()
		}
	}
	if unquoted(m.Thinking) != "" || unquoted(m.Reasoning) != "" {
		h.token() // and no text, as Anthropic's thinking
	}
	if m.Refusal != "" {
		h.say(m.Refusal)
		h.token()
	}
	for _, c := range m.ToolCalls {
		if c.Function.Name != "" {
			h.callOf(c.Function.Name)
		}
		h.argue(c.Function.Arguments)
		if c.ID == "" && c.Function.Name == "" {
			h.token()
		}
	}
}

func (chatHearer) whole(h *hearing, body []byte) error {
	var a chatAnswer
	if err := json.Unmarshal(body, &a); err != nil {
		return err
	}
	if len(a.Choices) == 0 || a.Choices[0].Message.Role == "" {
		return errShape
	}
	m := &a.Choices[0].Message
	if m.Content != nil {
		h.say(*m.Content)
	}
	h.say(m.Refusal)
	for _, c := range m.ToolCalls {
		h.callOf(c.Function.Name)
		h.argue(c.Function.Arguments)
	}
	a.count(h)
	h.stopped(a.Choices[0].FinishReason)
	return nil
}
