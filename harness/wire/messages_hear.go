package wire

import "encoding/json"

// messagesHearer understands Anthropic Messages.
type messagesHearer struct{}

type messagesPart struct {
	Type  string          `json:"type"`
	Text  string          `json:"text"`
	Name  string          `json:"name"`
	Input json.RawMessage `json:"input"`
}

type messagesUsage struct {
	InputTokens  *int `json:"input_tokens"`
	OutputTokens *int `json:"output_tokens"`
}

func (u *messagesUsage) count(h *hearing) {
	if u.InputTokens != nil {
		h.input = *u.InputTokens
	}
	if u.OutputTokens != nil {
		h.output = *u.OutputTokens
	}
}

type messagesAnswer struct {
	Type       string         `json:"type"`
	Content    []messagesPart `json:"content"`
	StopReason string         `json:"stop_reason"`
	Usage      messagesUsage  `json:"usage"`
}

type messagesEvent struct {
	Type         string         `json:"type"`
	Message      messagesAnswer `json:"message"`
	ContentBlock messagesPart   `json:"content_block"`
	Delta        struct {
		Type        string `json:"type"`
		Text        string `json:"text"`
		PartialJSON string `json:"partial_json"`
		StopReason  string `json:"stop_reason"`
	} `json:"delta"`
	Usage messagesUsage `json:"usage"`
	Error *wireError    `json:"error"`
}

// messagesEvents are those that matter here.
var messagesEvents = []string{"error", "message_start", "content_block_start", "content_block_delta", "message_delta", "message_stop"}

func (messagesHearer) event(h *hearing, _ string, data []byte) (done bool, err error) {
	var e messagesEvent
	if err := json.Unmarshal(data, &e); err != nil && !(oddField(err) && e.Type == "error" && e.Error != nil) {
		return false, known(err, e.Type, messagesEvents)
	}
	switch e.Type {
	case "error":
		if e.Error == nil {
			return false, errShape
		}
		return false, &eventError{e.Error.at(h.status)}
	case "message_start":
		e.Message.Usage.count(h)
		h.output = -1 // one is announced before there is any
	case "content_block_start":
		e.ContentBlock.opens(h)
	case "content_block_delta":
		e.delta(h)
	case "message_delta":
		e.Usage.count(h)
		h.stopped(e.Delta.StopReason)
	case "message_stop":
		return true, nil
	}
	return false, nil
}

// opens takes the beginning of a block. The first delta of a call is empty, and no token.
func (p *messagesPart) opens(h *hearing) {
	switch p.Type {
	case "text":
		h.say(p.Text)
	case "tool_use":
		h.callOf(p.Name)
		h.fresh = true
		if a := p.arguments(); a != "{}" {
			h.argue(a)
		}
	}
}

// arguments are the input: an object, or, where a model has written none, the string that it wrote.
func (p *messagesPart) arguments() string {
	var s string
	if len(p.Input) > 0 && p.Input[0] == '"' && json.Unmarshal(p.Input, &s) == nil {
		return s
	}
	return string(p.Input)
}

func (e *messagesEvent) delta(h *hearing) {
	switch e.Delta.Type {
	case "text_delta":
		h.say(e.Delta.Text)
		h.token()
	case "input_json_delta":
		h.argue(e.Delta.PartialJSON)
		if !h.fresh || e.Delta.PartialJSON != "" {
			h.token()
		}
		h.fresh = false
	case "thinking_delta":
		h.token()
	}
}

func (messagesHearer) whole(h *hearing, body []byte) error {
	var a messagesAnswer
	if err := json.Unmarshal(body, &a); err != nil {
		return err
	}
	if a.Type != "message" {
		return errShape
	}
	for i := range a.Content {
		switch p := &a.Content[i]; p.Type {
		case "text":
			h.say(p.Text)
		case "tool_use":
			h.callOf(p.Name)
			h.argue(p.arguments())
		}
	}
	a.Usage.count(h)
	h.stopped(a.StopReason)
	return nil
}
