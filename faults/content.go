package faults

import "github.com/agentchaos/agentchaos"

// Answer is what every healthy provider says: a JSON object with exactly a string "answer" and a number "confidence".
const Answer = `{"answer":"The order shipped on Tuesday.","confidence":0.9}`

// contents are the answers that arrive as answers, by variant: the good one, and those in which the model is wrong. A model
// may call the tools lookup_order, refund and knowledge_base, with an object that has a string "id".
var contents = [agentchaos.Variants]agentchaos.Content{
	agentchaos.NoVariant:    {Text: Answer},
	agentchaos.WrongSchema:  {Text: `{"result":{"status":"shipped","day":"Tuesday"}}`},
	agentchaos.WrongType:    {Text: `{"answer":"The order shipped on Tuesday.","confidence":"high"}`},
	agentchaos.MissingField: {Text: `{"answer":"The order shipped on Tuesday."}`},
	agentchaos.UnknownTool:  {Tool: "cancel_everything", Arguments: `{"id":"A-1042"}`},
	agentchaos.BadArguments: {Tool: "lookup_order", Arguments: `{"id":`},
	agentchaos.FencedJSON:   {Text: "Sure! Here is the JSON:\n```json\n" + Answer + "\n```\nLet me know if you need more."},
}

// Said is what a simulated model's answer says, by the variant that it is garbled as; NoVariant: a good one. Of the variants
// that are no answer at all ([agentchaos.Variant.Protocol]) it is empty.
func Said(v agentchaos.Variant) agentchaos.Content {
	if int(v) >= agentchaos.Variants {
		return agentchaos.Content{}
	}
	return contents[v]
}
