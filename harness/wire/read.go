package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// readPrompt reads a request's body in its format. The error is the client's mistake, in words for it.
func readPrompt(f Format, body []byte) (*Prompt, error) {
	p := &Prompt{Format: f}
	if !plainest(f, body, p) {
		*p = Prompt{Format: f}
		if err := readFully(f, body, p); err != nil {
			return p, explained(err)
		}
	}
	if p.Model == "" {
		return p, errNoModel
	}
	switch {
	case len(p.Model) > longestModel:
		return p, fmt.Errorf("model: must not be longer than %d bytes", longestModel)
	case p.Max < 0:
		return p, errors.New("max_tokens: must not be negative")
	case f == Messages && !p.bounded:
		return p, errors.New("max_tokens: Field required")
	}
	p.Input = tokensIn(p.bytes())
	return p, nil
}

func readFully(f Format, body []byte, p *Prompt) error {
	switch f {
	case Chat:
		return readChat(body, p)
	case Responses:
		return readResponses(body, p)
	}
	return readMessages(body, p)
}

// longestModel is the longest name of a model, in bytes: every event of a stream repeats it.
const longestModel = 512

// bytes is all that the model has to read.
func (p *Prompt) bytes() (n int) {
	for i := range p.Turns {
		t := &p.Turns[i]
		n += len(t.Text)
		for _, c := range t.Calls {
			n += len(c.Name) + len(c.Arguments)
		}
	}
	for _, t := range p.Tools {
		n += len(t.Name) + len(t.Schema)
	}
	return n
}

// explained says what is wrong with a body without the names of our types.
func explained(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("we could not parse the JSON body of your request: %v at byte %d", syntax, syntax.Offset)
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("%s: got %s, which is not what belongs there", kind.Field, kind.Value)
	case errors.As(err, &kind):
		return fmt.Errorf("the body is %s, and should be a JSON object", kind.Value)
	}
	return err
}

// words is a text as all three formats give it: a string, a list of parts of which some have text, or null. Parts may have
// content of their own, which is read, and what is in there not: every depth reads all that is below it once more.
type words string

// UnmarshalJSON takes the text of all parts, one after the other; pictures and the like have none.
func (w *words) UnmarshalJSON(b []byte) error { return readParts[innerWords]((*string)(w), b) }

// innerWords are the words in a part.
type innerWords string

// UnmarshalJSON is that of words.
func (w *innerWords) UnmarshalJSON(b []byte) error { return readParts[noWords]((*string)(w), b) }

// noWords are not read.
type noWords string

// UnmarshalJSON takes anything.
func (*noWords) UnmarshalJSON([]byte) error { return nil }

func readParts[Inner ~string](w *string, b []byte) error {
	switch {
	case len(b) == 0 || b[0] == 'n':
		return nil
	case b[0] == '"':
		return readString(w, b)
	case b[0] == '{': // a single part
		b = append(append([]byte{'['}, b...), ']')
	}
	var parts []struct {
		Text    string `json:"text"`
		Refusal string `json:"refusal"`
		Content Inner  `json:"content"`
	}
	if err := json.Unmarshal(b, &parts); err != nil {
		return err
	}
	var text strings.Builder // adding strings up would copy all before, for each part
	for i := range parts {
		text.WriteString(parts[i].Text)
		text.WriteString(parts[i].Refusal)
		text.WriteString(string(parts[i].Content))
	}
	*w = text.String()
	return nil
}

// readString is json.Unmarshal of a string that has been found to be one. Most have nothing in them to decode.
func readString(s *string, b []byte) error {
	for _, c := range b[1 : len(b)-1] {
		if c == '\\' || c >= utf8.RuneSelf {
			return json.Unmarshal(b, s)
		}
	}
	*s = string(b[1 : len(b)-1])
	return nil
}

// schema is a JSON schema, if there is one.
func schema(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return nil
	}
	return raw
}

// choice is OpenAI's tool_choice: a word, or an object with the name of a function, in it or below.
type choice string

// UnmarshalJSON reads either.
func (c *choice) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(c))
	}
	var x struct {
		Name     string `json:"name"`
		Function struct {
			Name string `json:"name"`
		} `json:"function"`
	}
	err := json.Unmarshal(b, &x)
	*c = choice(x.Name + x.Function.Name)
	return err
}
