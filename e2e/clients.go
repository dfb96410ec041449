package e2e

import "github.com/agentchaos/agentchaos/harness/wire"

// goClients are the official Go SDKs, in the order of the table's columns.
func goClients() []*Client {
	return []*Client{chatClient(), responsesClient(), anthropicV1Client(), anthropicV2Client()}
}

// nodeClients are what e2e/node plays, by the names it knows. Their modes are for it to say.
func nodeClients() []*Client {
	return []*Client{
		{Name: "openai-chat", Column: "openai (JS)", Label: "chat", Format: wire.Chat},
		{Name: "openai-responses", Column: "openai (JS)", Label: "responses", Format: wire.Responses},
		{Name: "anthropic", Column: "@anthropic-ai/sdk", Format: wire.Messages},
		{Name: "ai-openai-chat", Column: "ai", Label: "openai chat", Format: wire.Chat},
		{Name: "ai-openai", Column: "ai", Label: "openai responses", Format: wire.Responses},
		{Name: "ai-anthropic", Column: "ai", Label: "anthropic", Format: wire.Messages},
	}
}
