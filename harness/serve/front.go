package serve

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/agentchaos/agentchaos/scenarios"
)

// front is the page that says what this is.
func (s *Server) front(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	sc := s.settings.Scenario
	fmt.Fprintf(w, "agentchaos: simulated AI providers, scenario %s, seed %d\n", sc.Name, s.settings.Seed)
	if sc.About != "" {
		fmt.Fprintf(w, "%s\n", sc.About)
	}
	for _, line := range FaultLines(sc) {
		fmt.Fprintf(w, "  %s\n", line)
	}
	fmt.Fprint(w, `
POST /v1/chat/completions        OpenAI Chat Completions
POST /v1/responses               OpenAI Responses
POST /v1/messages                Anthropic Messages, and /v1/messages/count_tokens
POST /v1/embeddings              GET /v1/models

each without /v1 too, and after /p/PROVIDER for another provider's models
GET /metrics, /healthz           for who runs this, unless they have an address of their own
`)
}

// spoken reports whether a fault's target can be a model.
func spoken(target string) bool {
	provider, _, slash := strings.Cut(target, "/")
	return slash && provider != "tool" && provider != "retrieval" || target == "primary"
}

// FaultLines are a scenario's faults in words.
func FaultLines(sc *scenarios.Scenario) (lines []string) {
	for _, r := range sc.Faults {
		line := scenarios.Describe(r)
		if !spoken(r.Target) {
			line += " (not here: only models are spoken to over HTTP)"
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		lines = []string{"no faults"}
	}
	return lines
}
