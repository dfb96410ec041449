package wire

import (
	"encoding/json"

	"github.com/agentchaos/agentchaos"
)

// Prompt is a request as it was read from the wire: what an answer is made from, in whichever format it came.
type Prompt struct {
	Format   Format
	Provider string // of the path /p/PROVIDER/…; "": the path names none
	Model    string // as the client wrote it
	Stream   bool
	Usage    bool            // Chat: the stream is to end with the token counts
	Max      int             // the most output tokens; 0: not said
	Input    int             // tokens, reckoned as four bytes each of all text and tools
	Turns    []Turn          // the conversation, instructions first
	Tools    []Tool          // that the model may call
	Choice   string          // "" or "auto": as the model likes, "none", "required" (some tool), or the name of one
	Schema   json.RawMessage // of the answer, where one is asked for; nil: free text. `{}`: any JSON object
	Version  string          // Anthropic-Version; "" elsewhere

	bounded bool // Messages: it has a max_tokens
}

// Turn is a message of a conversation.
type Turn struct {
	Role   string // "system", "user", "assistant", "tool"
	Text   string
	Calls  []ToolCall // of an assistant
	Answer string     // of a tool: the ID of the call that it answers
}

// Tool is a tool that the agent offers.
type Tool struct {
	Name   string
	Schema json.RawMessage // of its arguments; nil: none given
}

// ToolCall is a tool that the model calls.
type ToolCall struct {
	ID        string // letters and digits, before which the server puts what the vendor's IDs begin with; "": it makes one
	Name      string
	Arguments string // a JSON object, as the model wrote it
}

// Reply is what a model says to a prompt.
type Reply struct {
	Text   string
	Calls  []ToolCall
	Finish agentchaos.Kind // None: it is finished; Length or ContentFilter: it ends so

	// Tokens is how many output tokens it has, if Sized; else they are reckoned from its bytes. A prompt's Max cuts it.
	Tokens int
	Sized  bool
}

// An Author writes what the simulated models say. It must be deterministic and safe for concurrent use.
type Author interface {
	// Answer is the model's reply to a prompt on a target.
	Answer(target string, p *Prompt) Reply
	// Garble is what the model says instead when it is wrong in this way: a variant from WrongSchema on.
	Garble(target string, p *Prompt, v agentchaos.Variant) Reply
}

// bytesPerToken is the usual rule of thumb for English text.
const bytesPerToken = 4

func tokensIn(n int) int { return (n + bytesPerToken - 1) / bytesPerToken }

// last is the latest turn; nil: there is none.
func (p *Prompt) last() *Turn {
	if len(p.Turns) == 0 {
		return nil
	}
	return &p.Turns[len(p.Turns)-1]
}
