package e2e

import (
	"context"
	"errors"

	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/ssestream"
	"github.com/openai/openai-go/v3/shared"
)

// chat is openai-go, Chat Completions.
type chat struct{}

func chatClient() *Client {
	acts := map[Mode]act{
		Plain: chat{}.plain, Stream: chat{}.stream, Helper: chat{}.helper, Structured: chat{}.structured, Loop: chat{}.loop,
		Tools: chat{}.tools, StreamTools: chat{}.stream, HelperTools: chat{}.helper, Models: openaiModels, Embeddings: openaiEmbeddings,
	}
	return &Client{Name: "openai-go chat", Column: "openai-go", Label: "chat", Format: wire.Chat, Modes: modesOf(acts), Play: player(acts)}
}

func (chat) params(m Mode) openai.ChatCompletionNewParams {
	p := openai.ChatCompletionNewParams{
		Model:    openaiModel,
		Messages: []openai.ChatCompletionMessageParamUnion{openai.SystemMessage(instructions), openai.UserMessage(question)},
	}
	switch m {
	case Tools, StreamTools, HelperTools, Loop:
		p.Tools = []openai.ChatCompletionToolUnionParam{openai.ChatCompletionFunctionTool(shared.FunctionDefinitionParam{
			Name: toolName, Description: openai.String(toolDescription), Parameters: toolSchema(), Strict: openai.Bool(true),
		})}
	case Structured:
		p.ResponseFormat.OfJSONSchema = &shared.ResponseFormatJSONSchemaParam{JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{
			Name: schemaName, Schema: reportSchema(), Strict: openai.Bool(true),
		}}
	}
	if m == Stream || m == StreamTools || m == Helper || m == HelperTools {
		p.StreamOptions.IncludeUsage = openai.Bool(true)
	}
	return p
}

// read is what a program does with an answer. The index panics where there is no choice: that is how it is written everywhere.
func (chat) read(a *openai.ChatCompletion, r *Result) error {
	r.Answer = a.ID
	if a.JSON.Usage.Valid() || a.Usage.TotalTokens > 0 {
		r.Usage = &Usage{a.Usage.PromptTokens, a.Usage.CompletionTokens}
	}
	if len(a.Choices) == 0 {
		return errNoChoices
	}
	m := a.Choices[0].Message
	r.Text, r.Finish = m.Content, a.Choices[0].FinishReason
	for _, t := range m.ToolCalls {
		r.call(t.ID, t.Function.Name, t.Function.Arguments)
	}
	return nil
}

var errNoChoices = &misread{"Choices[0]: index out of range"}

// misread is what a program falls over in an answer that the SDK has let through.
type misread struct{ what string }

func (e *misread) Error() string { return e.what }

func (k chat) plain(ctx context.Context, c Case, r *Result) error {
	client := openaiClient(c)
	answer, err := client.Chat.Completions.New(ctx, k.params(c.Mode))
	if err != nil {
		return err
	}
	return k.read(answer, r)
}

func (k chat) tools(ctx context.Context, c Case, r *Result) error { return k.plain(ctx, c, r) }

func (k chat) structured(ctx context.Context, c Case, r *Result) error { return k.plain(ctx, c, r) }

func (k chat) open(ctx context.Context, c Case) *ssestream.Stream[openai.ChatCompletionChunk] {
	client := openaiClient(c)
	return client.Chat.Completions.NewStreaming(ctx, k.params(c.Mode))
}

func (k chat) stream(ctx context.Context, c Case, r *Result) error {
	type call struct{ id, name, args string }
	var calls []call
	s := k.open(ctx, c)
	defer s.Close()
	for s.Next() {
		r.Events++
		chunk := s.Current()
		r.Answer = chunk.ID
		if chunk.Usage.TotalTokens > 0 {
			r.Usage = &Usage{chunk.Usage.PromptTokens, chunk.Usage.CompletionTokens}
		}
		if len(chunk.Choices) == 0 {
			continue
		}
		d := chunk.Choices[0].Delta
		r.Text += d.Content
		if f := chunk.Choices[0].FinishReason; f != "" {
			r.Finish = f
		}
		for _, t := range d.ToolCalls {
			for int(t.Index) >= len(calls) {
				calls = append(calls, call{})
			}
			k := &calls[t.Index]
			k.id, k.name, k.args = k.id+t.ID, k.name+t.Function.Name, k.args+t.Function.Arguments
		}
	}
	for _, k := range calls {
		r.call(k.id, k.name, k.args)
	}
	return s.Err()
}

// helper puts the stream together with the SDK's accumulator.
func (k chat) helper(ctx context.Context, c Case, r *Result) error {
	var acc openai.ChatCompletionAccumulator
	s := k.open(ctx, c)
	defer s.Close()
	for s.Next() {
		r.Events++
		if !acc.AddChunk(s.Current()) {
			return errors.New("the accumulator refuses a chunk")
		}
	}
	if err := s.Err(); err != nil {
		return err
	}
	return k.read(&acc.ChatCompletion, r)
}

func (k chat) loop(ctx context.Context, c Case, r *Result) error {
	client := openaiClient(c)
	p := k.params(c.Mode)
	for r.Turns < turns {
		r.Turns++
		answer, err := client.Chat.Completions.New(ctx, p)
		if err != nil {
			return err
		}
		before := len(r.ToolCalls)
		if err := k.read(answer, r); err != nil {
			return err
		}
		if len(r.ToolCalls) == before {
			return nil
		}
		p.Messages = append(p.Messages, answer.Choices[0].Message.ToParam())
		for _, id := range r.CallIDs[before:] {
			p.Messages = append(p.Messages, openai.ToolMessage(toolResult, id))
		}
	}
	return errors.New("the loop did not end")
}
