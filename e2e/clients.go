package e2e

// goClients are the official Go SDKs, in the order of the table's columns.
func goClients() []*Client {
	return []*Client{chatClient(), responsesClient(), anthropicV1Client(), anthropicV2Client()}
}
