package e2e

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/packages/ssestream"
	"github.com/openai/openai-go/v3/responses"
)

// resp is openai-go, Responses.
type resp struct{}

func responsesClient() *Client {
	acts := map[Mode]act{
		Plain: resp{}.plain, Stream: resp{}.stream, Helper: resp{}.helper, Structured: resp{}.plain, Loop: resp{}.loop,
		Tools: resp{}.plain, StreamTools: resp{}.stream, HelperTools: resp{}.helper,
	}
	return &Client{Name: "openai-go responses", Column: "openai-go", Label: "responses", Format: wire.Responses, Modes: modesOf(acts), Play: player(acts)}
}

func (resp) params(m Mode) responses.ResponseNewParams {
	p := responses.ResponseNewParams{
		Model: openaiModel, Instructions: openai.String(instructions),
		Input: responses.ResponseNewParamsInputUnion{OfInputItemList: responses.ResponseInputParam{
			responses.ResponseInputItemParamOfMessage(question, responses.EasyInputMessageRoleUser),
		}},
	}
	switch m {
	case Tools, StreamTools, HelperTools, Loop:
		p.Tools = []responses.ToolUnionParam{{OfFunction: &responses.FunctionToolParam{
			Name: toolName, Description: openai.String(toolDescription), Parameters: toolSchema(), Strict: openai.Bool(true),
		}}}
	case Structured:
		p.Text.Format.OfJSONSchema = &responses.ResponseFormatTextJSONSchemaConfigParam{
			Name: schemaName, Schema: reportSchema(), Strict: openai.Bool(true),
		}
	}
	return p
}

// read takes the answer as the examples do: its text, its calls, and its status, which few look at.
func (resp) read(a *responses.Response, r *Result) {
	r.Answer, r.Text, r.Finish = a.ID, a.OutputText(), string(a.Status)
	if d := a.IncompleteDetails.Reason; d != "" {
		r.Finish += ": " + d
	}
	if a.Usage.TotalTokens > 0 {
		r.Usage = &Usage{a.Usage.InputTokens, a.Usage.OutputTokens}
	}
	for _, item := range a.Output {
		if item.Type == "function_call" {
			f := item.AsFunctionCall()
			r.call(f.CallID, f.Name, f.Arguments)
		}
	}
}

func (k resp) plain(ctx context.Context, c Case, r *Result) error {
	client := openaiClient(c)
	answer, err := client.Responses.New(ctx, k.params(c.Mode))
	if err != nil {
		return err
	}
	k.read(answer, r)
	return nil
}

func (k resp) open(ctx context.Context, c Case) *ssestream.Stream[responses.ResponseStreamEventUnion] {
	client := openaiClient(c)
	return client.Responses.NewStreaming(ctx, k.params(c.Mode))
}

// stream reads the events. A terminal one has the whole answer, which is taken instead of what was put together before.
func (k resp) stream(ctx context.Context, c Case, r *Result) error {
	var args []string
	s := k.open(ctx, c)
	defer s.Close()
	for s.Next() {
		r.Events++
		switch e := s.Current(); e.Type {
		case "response.created":
			r.Answer = e.Response.ID
		case "response.output_text.delta":
			r.Text += e.Delta
		case "response.output_item.added":
			if e.Item.Type == "function_call" {
				r.call(e.Item.CallID, e.Item.Name, `""`)
				args = append(args, "")
			}
		case "response.function_call_arguments.delta":
			args[len(args)-1] += e.Delta
		case "response.completed", "response.incomplete", "response.failed":
			r.ToolCalls, r.CallIDs, args = nil, nil, nil
			k.read(&e.Response, r)
		}
	}
	for i, a := range args { // cut before the end: as far as they came
		raw := json.RawMessage(a)
		if !json.Valid(raw) {
			raw, _ = json.Marshal(a)
		}
		r.ToolCalls[i].Args = raw
	}
	return s.Err()
}

// helper puts the stream together with the SDK's accumulator. It is documented for the events of a WebSocket; those of a stream
// are the same, and it takes them as their JSON.
func (k resp) helper(ctx context.Context, c Case, r *Result) error {
	var acc responses.ResponseAccumulator
	s := k.open(ctx, c)
	defer s.Close()
	for s.Next() {
		r.Events++
		e := s.Current()
		var same responses.ResponsesServerEventUnion
		if err := json.Unmarshal([]byte(e.RawJSON()), &same); err != nil {
			return err
		}
		if err := acc.AddEvent(same); err != nil {
			return err
		}
	}
	if err := s.Err(); err != nil {
		return err
	}
	answer, err := acc.ReconstructedResponse()
	if err != nil {
		return err
	}
	k.read(answer, r)
	return nil
}

func (k resp) loop(ctx context.Context, c Case, r *Result) error {
	client := openaiClient(c)
	p := k.params(c.Mode)
	for r.Turns < turns {
		r.Turns++
		answer, err := client.Responses.New(ctx, p)
		if err != nil {
			return err
		}
		before := len(r.ToolCalls)
		k.read(answer, r)
		if len(r.ToolCalls) == before {
			return nil
		}
		input := &p.Input.OfInputItemList
		for _, item := range answer.Output { // as the README has it: the items themselves go back
			*input = append(*input, param.Override[responses.ResponseInputItemUnionParam](json.RawMessage(item.RawJSON())))
		}
		for _, id := range r.CallIDs[before:] {
			out := responses.ResponseInputItemParamOfFunctionCallOutput(toolResult)
			out.OfFunctionCallOutput.CallID = openai.String(id)
			*input = append(*input, out)
		}
	}
	return errors.New("the loop did not end")
}
