package e2e

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Versions are the SDKs and theirs, as go.mod and the lock file pin them.
func versions(gomod, lock []byte) (string, error) {
	var words []string
	for _, m := range []string{"github.com/openai/openai-go/v3", "github.com/anthropics/anthropic-sdk-go", "github.com/anthropics/anthropic-sdk-go/v2"} {
		v := regexp.MustCompile(`\t` + regexp.QuoteMeta(m) + ` (v\S+)`).FindSubmatch(gomod)
		if v == nil {
			return "", fmt.Errorf("go.mod has no %s", m)
		}
		words = append(words, "`"+m+"` "+string(v[1]))
	}
	var l struct {
		Packages map[string]struct{ Version string }
	}
	if err := json.Unmarshal(lock, &l); err != nil {
		return "", fmt.Errorf("node/package-lock.json: %w", err)
	}
	for _, p := range []string{"openai", "@anthropic-ai/sdk", "ai", "@ai-sdk/openai", "@ai-sdk/anthropic"} {
		v := l.Packages["node_modules/"+p].Version
		if v == "" {
			return "", fmt.Errorf("node/package-lock.json has no %s", p)
		}
		words = append(words, "`"+p+"` "+v)
	}
	return strings.Join(words, ", "), nil
}

// measured is the line of the page that says when; the only one that two makings of it may differ in.
const measured = "Measured on "

// page is docs/sdk-behaviour.md.
func page(clients []*Client, seen Sight, versions, day string) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `# What the vendors' SDKs make of failures

What a program sees that uses one of these SDKs as it comes, when the provider behind it fails: what is raised, how often the SDK
asks, how long it waits. %s%s, against the simulated providers of this repository:
%s.

## What one would not think

`, measured, day, versions)
	for _, f := range findings() {
		if s := f.sentence(clients, seen); s != "" {
			b.WriteString("- " + s + "\n")
		}
	}
	b.WriteString(reading)
	for _, g := range groups() {
		t, err := g.markdown(clients, seen)
		if err != nil {
			return "", err
		}
		b.WriteString("\n" + t)
	}
	b.WriteString(notes)
	return b.String(), nil
}

const reading = `
## How to read it

Every fault hits every attempt. All clients have their defaults, two retries among them, unless a row says otherwise.

- *An error*: the class or value that one can match, the HTTP status that it carries (in a stream that is 200), and the vendor's code
  for it, or else its type. ` + "`io.EOF`, `context.DeadlineExceeded`" + ` and the like match with ` + "`errors.Is`" + `; ` + "`error`" + ` alone has only its words.
- *Attempts*: how many requests the provider has got; one, if nothing is said.
- *Waits*: from the end of an attempt to the beginning of the next. 0.38–0.5 s and then 0.75–1 s are the official SDKs' own backoff,
  0.5 s · 2ⁿ up to 8 s and less up to a quarter of it at random; what is measured lies within.
- **taken for an answer**: nothing is raised, and nothing in what is returned says that it is no answer.
- *handed on*: nothing is raised, and the finish reason is there for who looks at it.
- **waits on**: for as long as the connection stays open.
- *plain*, *stream*, *helper*, *chat*, *responses*, *v1*, *v2* say which of a column's clients it is; nothing: all of them.

How it is made: the module ` + "`e2e`" + ` plays every row with every client. The Go SDKs are given the simulated provider as their
` + "`http.RoundTripper`" + ` and live in a ` + "`testing/synctest`" + ` bubble, so that their waits are exact and a day costs nothing; what breaks connections is
played over a real one as well. The JavaScript SDKs run in Node 22 over a loopback connection, and what they ask to sleep between
two attempts is written down instead of slept. ` + "`go test ./...`" + ` in ` + "`e2e`" + ` compares the page with what it sees, and ` + "`-update`" + ` writes it.
`

const notes = `
## Notes

- **openai-go**: no limit of time of its own, but ten minutes for the headers in the HTTP client that it makes when it is given none.
  A Retry-After of more than two minutes ends the attempts; ` + "`option.WithMaxRetryDelay`" + ` sets another limit. ` + "`ResponseAccumulator`" + ` is
  documented for WebSockets; it takes the events of a stream too, as their JSON, and is the only helper in Go that notices when
  the last one is missing.
- **anthropic-sdk-go**: ten minutes for each attempt at a plain answer, none for a stream. The body is read within the attempt, so
  that a break in it is tried again. v1 and v2 differ in the version of the API that they ask for and in how they send the key,
  and in no row here.
- **openai (JS)** and **@anthropic-ai/sdk**: ten minutes for each attempt, and nothing that ends a stream which stalls.
  The latter has a class for some of the vendor's codes, such as ` + "`EnforcedSpendLimitReachedError`" + `, and its helper reads broken
  arguments of a tool as far as they make sense.
- **ai**: its own retries, 2 s · 2ⁿ and nothing random. ` + "`timeout`" + ` is for everything together, all attempts and their waits. Of a
  stream, the reading throws where the connection breaks; all other errors come to ` + "`onError`" + ` alone, and the limit of time not even there:
  the stream ends with an abort part, and the promises are rejected.
`
