package resilience

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/agentchaos/agentchaos"
)

// knownTools are the tools that the reference agent offers its model.
var knownTools = map[string]bool{"lookup_order": true, "refund": true, "knowledge_base": true}

// Validate says how the model's answer is malformed, from its content alone; NoVariant: it is well.
//
// A text is a JSON object of exactly the fields "answer", a string, and "confidence", a number. A tool call names a known
// tool, and its arguments are a JSON object with a string "id".
func Validate(c agentchaos.Content) agentchaos.Variant {
	if c.Tool != "" || c.Arguments != "" {
		return validateTool(c)
	}
	text := strings.TrimSpace(c.Text)
	switch {
	case text == "":
		return agentchaos.Empty
	case text[0] == '<':
		return agentchaos.HTML
	case text[0] != '{' && text[0] != '[' && strings.Contains(text, "```"):
		return agentchaos.FencedJSON
	}
	var v any
	switch err := decode(text, &v); {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return agentchaos.TruncatedJSON
	case err != nil:
		return agentchaos.InvalidJSON
	}
	return validateAnswer(v)
}

func validateAnswer(v any) agentchaos.Variant {
	fields, ok := v.(map[string]any)
	if !ok {
		return agentchaos.WrongSchema
	}
	answer, hasAnswer := fields["answer"]
	confidence, hasConfidence := fields["confidence"]
	switch {
	case !hasAnswer && !hasConfidence:
		return agentchaos.WrongSchema
	case !hasAnswer || !hasConfidence:
		return agentchaos.MissingField
	case len(fields) != 2:
		return agentchaos.WrongSchema
	}
	_, isString := answer.(string)
	_, isNumber := confidence.(float64)
	if !isString || !isNumber {
		return agentchaos.WrongType
	}
	return agentchaos.NoVariant
}

func validateTool(c agentchaos.Content) agentchaos.Variant {
	if !knownTools[c.Tool] {
		return agentchaos.UnknownTool
	}
	var arguments map[string]any
	if decode(c.Arguments, &arguments) != nil {
		return agentchaos.BadArguments
	}
	if _, ok := arguments["id"].(string); !ok {
		return agentchaos.BadArguments
	}
	return agentchaos.NoVariant
}

// decode reads exactly one JSON value.
func decode(text string, into any) error {
	d := json.NewDecoder(strings.NewReader(text))
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one JSON value")
	}
	return nil
}
