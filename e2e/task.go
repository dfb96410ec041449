package e2e

import "encoding/json"

// What every client is made to ask: as in e2e/node/task.mjs.
const (
	question       = "What is the weather in Paris?"
	instructions   = "You are a weather service."
	openaiModel    = "gpt-4.1-mini"
	embeddingModel = "text-embedding-3-small"
	anthropicModel = "claude-sonnet-5-5"
	maxTokens      = 1024
	turns          = 5 // how often a loop may ask the model
)

const (
	toolName        = "get_weather"
	toolDescription = "The weather in a city, now."
	schemaName      = "weather_report"
)

// What the simulated models say.
const (
	saidText   = "It is 21 °C in Paris, and the sky is clear."
	saidArgs   = `{"city":"Paris","unit":"celsius"}`
	saidReport = `{"city":"Paris","degrees":21,"sky":"clear"}`
	saidAtLast = "Paris has 21 °C and a clear sky, says the tool."
	toolResult = `{"city":"Paris","unit":"celsius","degrees":21,"sky":"clear"}`
)

// toolSchema is the schema of the tool's arguments.
func toolSchema() map[string]any {
	return object(`{"type":"object","properties":{"city":{"type":"string","description":"the name of the city"},"unit":{"type":"string","enum":["celsius","fahrenheit"]}},"required":["city","unit"],"additionalProperties":false}`)
}

// reportSchema is what a structured answer has to look like.
func reportSchema() map[string]any {
	return object(`{"type":"object","properties":{"city":{"type":"string"},"degrees":{"type":"number"},"sky":{"type":"string","enum":["clear","cloudy","rain"]}},"required":["city","degrees","sky"],"additionalProperties":false}`)
}

func object(s string) (m map[string]any) {
	_ = json.Unmarshal([]byte(s), &m) // of our own constants
	return m
}
