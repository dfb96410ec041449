package e2e

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// ended are finish reasons of an answer that is one, or that says what is the matter with it.
var ended = []string{
	"stop", "tool_calls", "length", "content_filter", "completed", "incomplete: max_output_tokens", "incomplete: content_filter",
	"end_turn", "tool_use", "max_tokens", "refusal", "tool-calls", "content-filter", "failed", "interrupted", "error",
}

// deceived reports whether the SDK has passed something on as an answer that is none.
func (s *Seen) deceived() bool {
	return s.Error != nil && s.Error.Via == "use" || s.OK && !s.Hung && !slices.Contains(ended, s.Finish)
}

// cell is what came of a row, in a few words. Brief: without the error.
func (s *Seen) cell(row *Row, brief bool) (string, error) {
	if s.Untold != "" {
		return s.Untold, nil
	}
	var words []string
	if !brief {
		words = append(words, s.outcome())
	}
	if row.Slow && !s.Hung {
		words = append(words, "given up after "+span(s.Each))
	}
	if s.Attempts != 1 {
		words = append(words, strconv.Itoa(s.Attempts)+" attempts")
	} else if brief {
		words = append(words, "1 attempt")
	}
	w, err := s.waiting(row.Date)
	if err != nil {
		return "", err
	}
	if w != "" {
		words = append(words, "waits "+w)
	}
	return strings.Join(words, "; "), nil
}

func (s *Seen) outcome() string {
	switch {
	case s.Hung:
		return "**waits on**"
	case s.Error != nil && s.Error.Via == "use":
		return "**taken for an answer**, and reading it fails"
	case s.Error != nil:
		return s.Error.words()
	case s.deceived() && s.Finish != "":
		return "**taken for an answer**, `" + s.Finish + "`" + s.calls()
	case s.deceived():
		return "**taken for an answer**, no finish reason" + s.calls()
	}
	return "handed on, `" + s.Finish + "`" + s.calls()
}

// calls are the calls of tools that are not what a healthy model calls.
func (s *Seen) calls() (out string) {
	for _, c := range s.ToolCalls {
		switch args := string(c.Args); {
		case c.Name != toolName:
			out += ", a call of `" + c.Name + "`"
		case strings.HasPrefix(args, `"`):
			out += ", a call with broken arguments"
		case !sameJSON(args, saidArgs):
			out += ", **a call with `" + args + "`**"
		}
	}
	if note, ok := strings.CutPrefix(s.Note, "invalid tool call: "); ok {
		out += ", marked invalid: `" + note + "`"
	}
	return out
}

func sameJSON(a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return a == b
	}
	p, _ := json.Marshal(x)
	q, _ := json.Marshal(y)
	return string(p) == string(q)
}

// words are what one can match in an error.
func (p *Problem) words() string {
	if p.Last != nil { // an error around the last attempt's
		return "`" + p.Class + "` of " + p.Last.words()
	}
	out := "`" + p.Class + "`"
	if p.Status != 0 {
		out += " " + strconv.Itoa(p.Status)
	}
	if code := p.code(); code != "" {
		out += " " + code
	}
	if p.Class == "error" || p.Class == "Error" { // there are only words
		words, _, _ := strings.Cut(p.Message, ", but")
		out += " “" + shortened(words, 64) + "”"
	}
	return out
}

// code is the most telling of what the vendor calls the error.
func (p *Problem) code() string {
	if p.Code != "" {
		return p.Code
	}
	return p.Type
}

// shortened is a text of at most n runes, on one line of a table.
func shortened(s string, n int) string {
	r := []rune(strings.NewReplacer("\n", " ", "|", "/").Replace(s))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n]) + "…"
}
