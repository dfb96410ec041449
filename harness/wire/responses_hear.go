package wire

import (
	"encoding/json"
	"strings"

	"github.com/agentchaos/agentchaos"
)

// responsesHearer understands OpenAI Responses.
type responsesHearer struct{}

type responsesOutput struct {
	Type      string          `json:"type"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"` // of a function_call: a string
	Content   []struct {
		Type    string `json:"type"`
		Text    string `json:"text"`
		Refusal string `json:"refusal"`
	} `json:"content"`
}

type responsesAnswer struct {
	Object            string            `json:"object"`
	Status            string            `json:"status"`
	Output            []responsesOutput `json:"output"`
	Error             *wireError        `json:"error"`
	IncompleteDetails struct {
		Reason string `json:"reason"`
	} `json:"incomplete_details"`
	Usage *struct {
		InputTokens  int `json:"input_tokens"`
		OutputTokens int `json:"output_tokens"`
	} `json:"usage"`
}

type responsesEvent struct {
	Type      string          `json:"type"`
	Delta     json.RawMessage `json:"delta"`
	Item      responsesOutput `json:"item"`
	Response  responsesAnswer `json:"response"`
	Error     *wireError      `json:"error"`
	wireError                 // of a flat error event; its type is the event's
}

// responsesEvents are those that matter here.
var responsesEvents = []string{
	"error", "response.output_item.added", "response.output_text.delta", "response.refusal.delta",
	"response.function_call_arguments.delta", "response.completed", "response.incomplete", "response.failed",
}

func (responsesHearer) event(h *hearing, _ string, data []byte) (done bool, err error) {
	var e responsesEvent
	if err := json.Unmarshal(data, &e); err != nil && !(oddField(err) && e.Type == "error" && e.Error != nil) {
		return false, known(err, e.Type, responsesEvents)
	}
	switch e.Type {
	case "error": // nested, as the live API sends it, or flat, as it is documented
		if e.Error == nil {
			return false, &eventError{e.wireError.at(h.status)}
		}
		return false, &eventError{e.Error.at(h.status)}
	case "response.output_item.added":
		if e.Item.Type == "function_call" {
			h.callOf(e.Item.Name)
		}
	case "response.output_text.delta", "response.refusal.delta":
		h.say(unquoted(e.Delta))
		h.token()
	case "response.reasoning_text.delta", "response.reasoning_summary_text.delta":
		h.token() // and no text, as Anthropic's thinking
	case "response.function_call_arguments.delta":
		h.argue(unquoted(e.Delta))
		h.token()
	case "response.completed", "response.incomplete", "response.failed":
		return true, e.Response.ends(h)
	}
	return false, nil
}

// unquoted is a JSON string; of anything else nothing.
func unquoted(raw json.RawMessage) (s string) {
	_ = json.Unmarshal(raw, &s)
	return s
}

// ends takes the terminal event, or a plain answer.
func (a *responsesAnswer) ends(h *hearing) error {
	if a.Usage != nil {
		h.input, h.output = a.Usage.InputTokens, a.Usage.OutputTokens
	}
	switch a.Status {
	case "failed":
		if a.Error == nil {
			return &eventError{agentchaos.WireError{Status: h.status, Type: "server_error"}}
		}
		return &eventError{a.Error.at(h.status)}
	case "incomplete":
		h.stopped(a.IncompleteDetails.Reason)
		if h.reason = true; h.finish == agentchaos.None { // max_messages, steered, or none given: not whole, and it says so
			h.finish = agentchaos.Length
		}
	case "completed":
		h.stopped("stop")
	}
	if h.got == 0 { // all at once
		h.text.Reset()
		h.args.Reset()
		h.tool, h.calls = "", 0
		a.said(h)
	}
	return nil
}

func (a *responsesAnswer) said(h *hearing) {
	var refused strings.Builder
	for i := range a.Output {
		o := &a.Output[i]
		for _, c := range o.Content {
			h.say(c.Text)
			refused.WriteString(c.Refusal)
		}
		if o.Type == "function_call" {
			h.callOf(o.Name)
			h.argue(unquoted(o.Arguments))
		}
	}
	if h.text.Len() == 0 {
		h.say(refused.String())
	}
}

func (responsesHearer) whole(h *hearing, body []byte) error {
	var a responsesAnswer
	if err := json.Unmarshal(body, &a); err != nil {
		return err
	}
	if a.Object != "response" {
		return errShape
	}
	err := a.ends(h)
	if err == nil && !h.reason { // in progress, queued, cancelled
		return errShape
	}
	return err
}
