package report

import (
	"fmt"
	"strings"

	"github.com/agentchaos/agentchaos"
)

// GateError says what is wrong with a gate, and where.
type GateError struct {
	Expr    string // the whole expression
	Offset  int    // in bytes, of what is wrong
	Message string // one line
	Hint    string // one line; "": none
}

// Error shows the expression with a caret under what is wrong.
func (e *GateError) Error() string {
	at := min(max(e.Offset, 0), len(e.Expr))
	blank := strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, e.Expr)
	s := fmt.Sprintf("gate: %s\n   %s\n   %*s^", e.Message, blank, len([]rune(e.Expr[:at])), "")
	if e.Hint != "" {
		s += "\n   " + e.Hint
	}
	return s
}

// ParseGate reads a gate:
//
//	gate   = [ ( "during" | "after" ) "faults" ] metric op value .
//	metric = name [ "(" arg ")" ] .             // Metrics lists them
//	op     = ">=" | "<=" | ">" | "<" | "==" .   // "==" with counts only
//	value  = number "%"                         // a share, or the plain number from 0 to 1
//	       | duration                           // as in Go: 60s, 1m30s, 250ms
//	       | "$" number                         // US$, or the plain number
//	       | number .                           // digits, with a decimal part except for counts
//
// Blanks may stand between any two of these. The error is a [*GateError].
func ParseGate(expr string) (Gate, error) {
	p := gateParser{expr: expr}
	g, ok := p.gate()
	if !ok {
		return Gate{}, p.err
	}
	return g, nil
}

// gateParser reads from the left. The first thing that is wrong is kept in err.
type gateParser struct {
	expr string
	at   int
	err  *GateError
}

func (p *gateParser) fail(at int, hint, format string, args ...any) bool {
	p.err = &GateError{Expr: p.expr, Offset: at, Message: fmt.Sprintf(format, args...), Hint: hint}
	return false
}

func (p *gateParser) rest() string { return p.expr[p.at:] }

// take goes on over the bytes of the set and returns them; blanks before them are skipped.
func (p *gateParser) take(in func(byte) bool) (text string, at int) {
	p.blanks()
	at = p.at
	for p.at < len(p.expr) && in(p.expr[p.at]) {
		p.at++
	}
	return p.expr[at:p.at], at
}

func (p *gateParser) blanks() {
	p.at = len(p.expr) - len(strings.TrimLeft(p.rest(), " \t\r\n"))
}

func isName(b byte) bool {
	return b == '_' || b == '.' || b == '^' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

func isOp(b byte) bool { return strings.IndexByte("<>=!~", b) >= 0 }

func (p *gateParser) gate() (Gate, bool) {
	var g Gate
	name, at := p.take(isName)
	if name == "during" || name == "after" {
		phase := During
		if name == "after" {
			phase = After
		}
		g.Phase = phase
		if word, wordAt := p.take(isName); word != "faults" {
			return g, p.fail(wordAt, `the parts of a run are "during faults" and "after faults"`, `no "faults" after %q`, name)
		}
		name, at = p.take(isName)
	}
	if name == "" {
		return g, p.fail(at, metricHint(), "a metric is missing")
	}
	p.blanks()
	if p.rest() == "" {
		return g, p.fail(p.at, fmt.Sprintf(`a shell takes < and > for itself: quote the gate, '%s >= ...'`, name), "no comparison after %q", name)
	}
	info, ok := p.metric(&g, name, at)
	if !ok || !p.arg(&g, info) || !p.op(&g, info) {
		return g, false
	}
	p.blanks()
	text, valueAt := strings.TrimRight(p.rest(), " \t\r\n"), p.at
	value, problem, hint := parseValue(info.Unit, text)
	if problem != "" {
		return g, p.fail(valueAt, hint, "%s", problem)
	}
	g.Value = value
	g.Source = g.Left() + " " + g.Op.String() + " " + text
	return g, true
}

// metric reads the name, which begins at.
func (p *gateParser) metric(g *Gate, name string, at int) (MetricInfo, bool) {
	info, ok := lookup(name)
	switch {
	case !ok && len(name) > 1 && name[0] == 'p' && isDecimal(name[1:]):
		return info, p.fail(at, "a quantile is p50, p99 or p99.9; the greatest value is max(H)", "%s is not between 0 and 100 percent", name)
	case !ok:
		hint := metricHint()
		if near := nearest(name, metricWords()); near != "" {
			hint = fmt.Sprintf("did you mean %q? %s", near, hint)
		}
		return info, p.fail(at, hint, "unknown metric %q", name)
	case info.Later != "":
		return info, p.fail(at, "", "%s comes with %s, which this version does not have yet", laterName(info), info.Later)
	case g.Phase != Whole && info.whole:
		return info, p.fail(at, "leave out \""+g.Phase.String()+"\"", "%s is of the whole run", name)
	}
	g.Metric = name
	return info, true
}

// arg reads the parenthesis, if the metric has one.
func (p *gateParser) arg(g *Gate, info MetricInfo) bool {
	p.blanks()
	open := p.at
	if !strings.HasPrefix(p.rest(), "(") {
		if info.Arg != "" {
			return p.fail(open, argHint(info), "%s needs what it is of: %s(%s)", g.Metric, g.Metric, info.Arg)
		}
		return true
	}
	end := strings.IndexByte(p.rest(), ')')
	switch {
	case info.Arg == "":
		return p.fail(open, "", "%s takes nothing in parentheses", g.Metric)
	case end < 0:
		return p.fail(len(p.expr), "", "no closing parenthesis")
	}
	g.Arg = strings.Join(strings.Fields(p.rest()[1:end]), " ")
	p.at += end + 1
	known := argNames(info)
	if g.Arg == "" || strings.ContainsAny(g.Arg, "(<>=") {
		return p.fail(open+1, argHint(info), "%s(%s) needs a name", g.Metric, info.Arg)
	}
	for _, name := range known {
		if name == g.Arg {
			return true
		}
	}
	if known == nil {
		return true
	}
	hint := argHint(info)
	if near := nearest(g.Arg, known); near != "" {
		hint = fmt.Sprintf("did you mean %q? %s", near, hint)
	}
	return p.fail(open+1, hint, "unknown %s %q", map[string]string{"H": "latency", "KIND": "kind of failure"}[info.Arg], g.Arg)
}

// op reads the comparison.
func (p *gateParser) op(g *Gate, info MetricInfo) bool {
	const hint = "the comparisons are >= <= > < and, with counts, =="
	text, at := p.take(isOp)
	for o := AtLeast; o < ops; o++ {
		if text != opNames[o] {
			continue
		}
		if o == Equal && info.Unit != UnitCount {
			return p.fail(at, "compare it with >= or <=", "== goes with counts only, and %s is %s", g.Left(), info.Unit.phrase())
		}
		g.Op = o
		return true
	}
	switch {
	case text != "":
		return p.fail(at, hint, "unknown comparison %q", text)
	case p.rest() == "":
		return p.fail(at, fmt.Sprintf(`a shell takes < and > for itself: quote the gate, '%s >= ...'`, g.Left()), "no comparison after %q", g.Left())
	}
	return p.fail(at, hint, "no comparison after %q", g.Left())
}

// argNames are the names an argument may have; nil: any.
func argNames(info MetricInfo) []string {
	switch info.Arg {
	case "H":
		return histogramNames
	case "KIND":
		var names []string
		for k := agentchaos.RateLimit; int(k) < agentchaos.Kinds; k++ {
			names = append(names, k.String())
		}
		return names
	}
	return nil
}

func argHint(info MetricInfo) string {
	switch info.Arg {
	case "H":
		return "the latencies are " + strings.Join(histogramNames, ", ")
	case "KIND":
		return "the kinds are " + strings.Join(argNames(info), ", ")
	case "MODEL":
		return "such as served_by(openai/gpt-4o)"
	}
	return "such as fired(rate_limit on primary)"
}

// metricWords are the names that can be meant by a wrong one.
func metricWords() []string {
	var words []string
	for _, m := range metricTable {
		if m.Name != "pNN" && m.Later == "" {
			words = append(words, m.Name)
		}
	}
	return words
}

func metricHint() string {
	var words []string
	for _, m := range metricTable {
		if m.Later != "" {
			continue
		}
		w := m.Name
		if m.Arg != "" {
			w += "(" + m.Arg + ")"
		}
		words = append(words, w)
	}
	return "the metrics are " + strings.Join(words, ", ")
}

func laterName(m MetricInfo) string {
	if m.Arg != "" {
		return m.Name + "(" + m.Arg + ")"
	}
	return m.Name
}
