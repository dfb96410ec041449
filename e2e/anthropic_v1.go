package e2e

import (
	"context"
	"errors"

	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/anthropics/anthropic-sdk-go/packages/ssestream"
)

// anthropicV1 is anthropic-sdk-go v1. The file of the other major version is made from this one.
type anthropicV1 struct{}

func anthropicV1Client() *Client {
	k := anthropicV1{}
	acts := map[Mode]act{
		Plain: k.plain, Stream: k.stream, Helper: k.helper, Structured: k.plain, Loop: k.loop,
		Tools: k.plain, StreamTools: k.stream, HelperTools: k.helper, Models: k.models, CountTokens: k.count,
	}
	return &Client{Name: "anthropic-sdk-go v1", Column: "anthropic-sdk-go", Label: "v1", Format: wire.Messages, Modes: modesOf(acts), Play: player(acts)}
}

func (anthropicV1) connect(c Case) anthropic.Client {
	opts := []option.RequestOption{
		option.WithBaseURL(c.Base), option.WithAPIKey(c.Key), option.WithHTTPClient(c.http()),
	}
	if c.TimeoutMs > 0 {
		opts = append(opts, option.WithRequestTimeout(c.limit()))
	}
	return anthropic.NewClient(opts...)
}

func (anthropicV1) params(m Mode) anthropic.MessageNewParams {
	p := anthropic.MessageNewParams{
		Model: anthropicModel, MaxTokens: maxTokens, System: []anthropic.TextBlockParam{{Text: instructions}},
		Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(question))},
	}
	switch m {
	case Tools, StreamTools, HelperTools, Loop:
		schema := toolSchema()
		p.Tools = []anthropic.ToolUnionParam{{OfTool: &anthropic.ToolParam{
			Name: toolName, Description: anthropic.String(toolDescription),
			InputSchema: anthropic.ToolInputSchemaParam{Properties: schema["properties"], Required: []string{"city", "unit"}},
		}}}
	case Structured:
		p.OutputConfig.Format.Schema = reportSchema()
	}
	return p
}

func (anthropicV1) read(a *anthropic.Message, r *Result) {
	r.Answer, r.Text, r.Finish = a.ID, "", string(a.StopReason)
	r.Usage = &Usage{a.Usage.InputTokens, a.Usage.OutputTokens}
	for _, b := range a.Content {
		switch b.Type {
		case "text":
			r.Text += b.Text
		case "tool_use":
			r.call(b.ID, b.Name, string(b.Input))
		}
	}
}

func (k anthropicV1) plain(ctx context.Context, c Case, r *Result) error {
	client := k.connect(c)
	answer, err := client.Messages.New(ctx, k.params(c.Mode))
	if err != nil {
		return err
	}
	k.read(answer, r)
	return nil
}

func (k anthropicV1) open(ctx context.Context, c Case) *ssestream.Stream[anthropic.MessageStreamEventUnion] {
	client := k.connect(c)
	return client.Messages.NewStreaming(ctx, k.params(c.Mode))
}

func (k anthropicV1) stream(ctx context.Context, c Case, r *Result) error {
	type call struct{ id, name, args string }
	var calls []call
	s := k.open(ctx, c)
	for s.Next() {
		r.Events++
		switch e := s.Current(); e.Type {
		case "message_start":
			r.Answer, r.Usage = e.Message.ID, &Usage{e.Message.Usage.InputTokens, e.Message.Usage.OutputTokens}
		case "content_block_start":
			if e.ContentBlock.Type == "tool_use" {
				calls = append(calls, call{e.ContentBlock.ID, e.ContentBlock.Name, ""})
			}
		case "content_block_delta":
			r.Text += e.Delta.Text
			if e.Delta.Type == "input_json_delta" {
				calls[len(calls)-1].args += e.Delta.PartialJSON
			}
		case "message_delta":
			r.Finish, r.Usage.Output = string(e.Delta.StopReason), e.Usage.OutputTokens
		}
	}
	for _, k := range calls {
		r.call(k.id, k.name, k.args)
	}
	err := s.Err()
	_ = s.Close()
	return err
}

// helper puts the stream together with the SDK's accumulator.
func (k anthropicV1) helper(ctx context.Context, c Case, r *Result) error {
	var acc anthropic.Message
	s := k.open(ctx, c)
	for s.Next() {
		r.Events++
		if err := acc.Accumulate(s.Current()); err != nil {
			return err
		}
	}
	err := s.Err()
	_ = s.Close()
	if err != nil {
		return err
	}
	k.read(&acc, r)
	return nil
}

func (k anthropicV1) loop(ctx context.Context, c Case, r *Result) error {
	client := k.connect(c)
	p := k.params(c.Mode)
	for r.Turns < turns {
		r.Turns++
		answer, err := client.Messages.New(ctx, p)
		if err != nil {
			return err
		}
		before := len(r.ToolCalls)
		k.read(answer, r)
		if len(r.ToolCalls) == before {
			return nil
		}
		var results []anthropic.ContentBlockParamUnion
		for _, id := range r.CallIDs[before:] {
			results = append(results, anthropic.NewToolResultBlock(id, toolResult, false))
		}
		p.Messages = append(p.Messages, answer.ToParam(), anthropic.NewUserMessage(results...))
	}
	return errors.New("the loop did not end")
}

func (k anthropicV1) models(ctx context.Context, c Case, r *Result) error {
	client := k.connect(c)
	pager := client.Models.ListAutoPaging(ctx, anthropic.ModelListParams{})
	for pager.Next() {
		r.Text += pager.Current().ID + ","
	}
	return pager.Err()
}

func (k anthropicV1) count(ctx context.Context, c Case, r *Result) error {
	client := k.connect(c)
	p := k.params(Plain)
	answer, err := client.Messages.CountTokens(ctx, anthropic.MessageCountTokensParams{Model: p.Model, Messages: p.Messages})
	if err != nil {
		return err
	}
	r.Usage = &Usage{answer.InputTokens, 0}
	return nil
}

// describe is an error of this SDK's own; nil: it is none.
func (anthropicV1) describe(err error) *Problem {
	var e *anthropic.Error
	if !errors.As(err, &e) {
		return nil
	}
	var body vendorError
	body.read(e.RawJSON())
	return &Problem{Class: "*anthropic.Error", Status: e.StatusCode, Type: string(e.Type()), Code: body.Error.Details.Code, Message: body.Error.Message, Request: e.RequestID}
}
