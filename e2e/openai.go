package e2e

import (
	"context"
	"strconv"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

func openaiClient(c Case) openai.Client {
	opts := []option.RequestOption{
		option.WithBaseURL(c.Base + "/v1"), option.WithAPIKey(c.Key), option.WithHTTPClient(c.http()),
	}
	if c.TimeoutMs > 0 {
		opts = append(opts, option.WithRequestTimeout(c.limit()))
	}
	return openai.NewClient(opts...)
}

func openaiModels(ctx context.Context, c Case, r *Result) error {
	client := openaiClient(c)
	pager := client.Models.ListAutoPaging(ctx)
	for pager.Next() {
		r.Text += pager.Current().ID + ","
	}
	return pager.Err()
}

func openaiEmbeddings(ctx context.Context, c Case, r *Result) error {
	client := openaiClient(c)
	answer, err := client.Embeddings.New(ctx, openai.EmbeddingNewParams{
		Model: embeddingModel, Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: []string{question, instructions}},
	})
	if err != nil {
		return err
	}
	var sizes []string
	for _, d := range answer.Data {
		sizes = append(sizes, strconv.Itoa(len(d.Embedding)))
	}
	r.Text = strings.Join(sizes, ",")
	r.Usage = &Usage{answer.Usage.PromptTokens, 0}
	return nil
}
