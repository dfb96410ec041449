package harness_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"pgregory.net/rapid"
)

// A file is the text of a scenario file. It is what random worlds are drawn as, and it prints as it is: the smallest
// counterexample is a file that one can run.
type file string

// GoString is how a failed property shows what it drew.
func (f file) GoString() string { return "\n" + string(f) }

// anyFile is a small world with everything in it that can be: models with limits and capacity, tools of every kind, plans with
// rounds and forks, open and closed loops, every kind of fault with its settings and its `when`, crashes and stores that fail
// among them, every layer of the stack on or off. Whatever comes
// first in a choice is the simplest, so that files shrink to what matters.
func anyFile() *rapid.Generator[file] {
	return rapid.Custom(func(t *rapid.T) file { return pen{t}.file() })
}

// pen writes a file, deciding by luck.
type pen struct{ t *rapid.T }

func (p pen) yes() bool            { return rapid.Bool().Draw(p.t, "") }
func (p pen) rarely() bool         { return p.whole(0, 3) == 3 }
func (p pen) whole(lo, hi int) int { return rapid.IntRange(lo, hi).Draw(p.t, "") }

func one[T any](p pen, of ...T) T { return rapid.SampledFrom(of).Draw(p.t, "") }

// duration is between lo and hi: in half of the cases one of ten, so that many things happen at one instant, else any.
func (p pen) duration(lo, hi time.Duration) string {
	if !p.yes() {
		return (lo + (hi-lo)/10*time.Duration(p.whole(0, 10))).String()
	}
	return time.Duration(rapid.Int64Range(int64(lo), int64(hi)).Draw(p.t, "")).String()
}

func (p pen) share(lo, hi int) string { return fmt.Sprint(p.whole(lo, hi), "%") }

// maybe is a key and its value, or nothing.
func (p pen) maybe(key string, value func() string) string {
	if !p.yes() {
		return ""
	}
	return key + ": " + value()
}

// seldom is maybe, half as often.
func (p pen) seldom(key string, value func() string) string {
	if !p.yes() {
		return ""
	}
	return p.maybe(key, value)
}

// number is a value for maybe.
func (p pen) number(lo, hi int) func() string {
	return func() string { return fmt.Sprint(p.whole(lo, hi)) }
}

func (p pen) time(lo, hi time.Duration) func() string {
	return func() string { return p.duration(lo, hi) }
}

// inline is a map on one line, of the pairs that are not empty.
func inline(pairs ...string) string {
	return "{" + strings.Join(slices.DeleteFunc(pairs, func(s string) bool { return s == "" }), ", ") + "}"
}

func (p pen) file() file {
	names := []string{"anthropic/one", "openai/two", "x/three"}
	chain := names[:one(p, 1, 2, 3)]
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("version: 1\nseed: %d\nseeds: %d", p.whole(1, 1000), p.whole(1, 2))
	line("models:")
	for _, name := range chain {
		line("  %s: %s", name, p.model())
	}
	line("tools:\n  lookup: %s\n  refund: %s\n  kb: %s", p.tool("read"), p.tool("write"), p.tool("retrieval"))
	line("agents:\n  a:\n    arrivals: %s", p.arrivals())
	if p.yes() {
		line("    deadline: %s", p.duration(time.Second, time.Second*time.Duration(one(p, 6, 11, 61))))
	}
	line("    steps:")
	for range p.whole(1, 4) {
		line("      - %s", p.step(chain, 0))
	}
	line("policies:\n  p:\n    models: [%s]", strings.Join(chain, ", "))
	for _, layer := range p.layers() {
		line("    %s", layer)
	}
	line("scenarios:\n  s:\n    agent: a\n    tasks: %d\n    policies: [p]", p.whole(1, 8)*one(p, 1, 5, 25))
	if p.yes() {
		line("    gates: [during faults completion_rate >= 1%%]") // so that phases are kept
	}
	line("    faults:")
	for range one(p, 1, 2, 3, 4, 5) {
		line("      - %s", p.fault(chain))
	}
	for _, target := range []string{"agent", "store"} { // which are two targets of many, and need each other
		if p.rarely() {
			line("      - %s", p.faultOf(one(p, slices.DeleteFunc(faults.Kinds(), func(k faults.Info) bool { return !p.strikes(k, target) })...), target))
		}
	}
	return file(b.String())
}

func (p pen) latency(hi time.Duration) func() string {
	return func() string {
		if !p.yes() {
			return p.duration(0, hi)
		}
		if p.rarely() {
			return inline("exponential: " + p.duration(hi/20, hi/2))
		}
		a, b := p.whole(1, 10), p.whole(0, 10)
		step := hi / 20
		return inline(fmt.Sprint("p50: ", step*time.Duration(a)), fmt.Sprint("p99: ", step*time.Duration(a+b)), fmt.Sprint("max: ", step*time.Duration(a+2*b)))
	}
}

func (p pen) model() string {
	return inline(
		p.maybe("first_token", p.latency(3*time.Second)), p.maybe("per_token", p.latency(50*time.Millisecond)),
		p.maybe("limits", func() string {
			return inline(fmt.Sprint("requests_per_minute: ", p.whole(10, 600)), p.maybe("burst", p.number(1, 20)),
				p.maybe("input_tokens_per_minute", p.number(100, 20_000)), p.maybe("output_tokens_per_minute", p.number(10, 5_000)))
		}),
		p.maybe("capacity", func() string {
			return inline(fmt.Sprint("concurrency: ", p.whole(1, 8)), p.maybe("queue", p.number(0, 8)), p.maybe("abandoned", func() string { return one(p, "run", "cancel") }),
				p.seldom("slowdown", p.time(time.Millisecond, 500*time.Millisecond)))
		}),
		p.maybe("quality", func() string { return one(p, "0.5", "1", "0.123456") }),
		p.maybe("price", func() string {
			return inline(fmt.Sprint("input: ", p.whole(0, 9)), fmt.Sprint("output: ", p.whole(0, 30)))
		}),
	)
}

func (p pen) tool(kind string) string {
	keys := ""
	if kind == "write" {
		keys = p.seldom(one(p, "keys", "key_expiry"), func() string { return "" })
	}
	switch keys {
	case "keys: ":
		keys += one(p, "true", "false")
	case "key_expiry: ":
		keys += p.duration(500*time.Millisecond, 10*time.Second+500*time.Millisecond)
	}
	return inline("kind: "+kind, p.maybe("latency", p.latency(2*time.Second)), keys)
}

func (p pen) arrivals() string {
	if p.yes() {
		return inline(fmt.Sprint("workers: ", p.whole(1, 8)))
	}
	rate := func(of ...string) string { return "rate: " + one(p, of...) }
	load := rate("1/s", "3/s", "10/s", "50/s")
	if p.rarely() {
		piece := inline("for: "+p.duration(time.Second, 11*time.Second), rate("0/s", "1/s", "10/s", "50/s"))
		load = "profile: [" + piece + ", " + inline(rate("1/s", "3/s", "50/s")) + "]"
	}
	return inline(load, "burstiness: "+one(p, "0", "1", "1.5"))
}

// step is an interaction, or, not too deep, a plan of its own.
func (p pen) step(chain []string, depth int) string {
	kinds := []string{"model", "lookup", "refund", "kb"}
	if depth < 2 {
		kinds = append(kinds, "loop", "parallel")
	}
	kind := one(p, kinds...)
	inner := func() string {
		var steps []string
		for range p.whole(1, 3) {
			steps = append(steps, p.step(chain, depth+1))
		}
		return "[" + strings.Join(steps, ", ") + "]"
	}
	times := p.seldom("times", p.rounds)
	switch kind {
	case "lookup", "refund":
		return inline("tool: "+kind, times)
	case "kb":
		return inline("retrieval: kb", times)
	case "loop":
		return inline("loop: " + inline("times: "+p.rounds(), p.maybe("grow", p.number(1, 300)), "steps: "+inner()))
	case "parallel":
		return inline("parallel: "+inner(), times)
	}
	return inline("model: "+inline("input_tokens: "+p.tokens(500), "output_tokens: "+p.tokens(60), p.maybe("stream", func() string { return "false" })),
		p.seldom("models", func() string {
			from := p.whole(0, len(chain)-1)
			return "[" + strings.Join(chain[from:], ", ") + "]"
		}), times)
}

// rounds are a few, or drawn for every task.
func (p pen) rounds() string {
	if !p.yes() {
		return fmt.Sprint(p.whole(1, 3))
	}
	a, b := p.whole(1, 2), p.whole(0, 2)
	return inline("p0: 1", fmt.Sprint("p50: ", a), fmt.Sprint("p99: ", a+b))
}

func (p pen) tokens(hi int) string {
	if p.rarely() {
		a := p.whole(1, hi)
		return inline(fmt.Sprint("p50: ", a), fmt.Sprint("p99: ", a+p.whole(0, hi)))
	}
	return fmt.Sprint(p.whole(0, hi))
}

// layers are those of the stack that are on.
func (p pen) layers() []string {
	all := []string{
		p.maybe("timeout", func() string {
			return inline(p.maybe("first_token", p.time(500*time.Millisecond, 5*time.Second)), p.maybe("idle", p.time(20*time.Millisecond, 2*time.Second)), fmt.Sprint("attempt: ", p.duration(time.Second, 11*time.Second)))
		}),
		p.maybe("retry", p.retry),
		p.maybe("retry_budget", func() string {
			return inline("ratio: "+p.share(0, 100), p.maybe("min_per_second", func() string { return one(p, "0", "0.1", "0.25", "1") }))
		}),
		p.maybe("breaker", p.breaker),
		p.maybe("hedge", func() string {
			return inline("after: " + p.duration(100*time.Millisecond, 4*time.Second+100*time.Millisecond))
		}),
		p.maybe("bulkhead", func() string {
			return inline(fmt.Sprint("concurrency: ", p.whole(1, 6)), p.maybe("queue", p.number(0, 6)))
		}),
		p.maybe("repair", func() string { return inline(fmt.Sprint("attempts: ", p.whole(1, 3))) }),
		p.maybe("validate", func() string { return "false" }),
		p.maybe("idempotency", func() string { return "{}" }),
		p.maybe("checkpoint", func() string { return inline(p.maybe("every", func() string { return one(p, "step", "2", "3") })) }),
		p.maybe("degrade", p.degrade),
	}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

func (p pen) degrade() string {
	word := func() string { return one(p, "caveat", "fail") }
	return inline(p.maybe("tool", word), p.maybe("retrieval", func() string { return one(p, "disclaimer", "fail") }),
		p.maybe("deadline", func() string {
			if !p.yes() {
				return one(p, "partial", "fail")
			}
			return "partial, reserve: " + p.duration(0, 2*time.Second)
		}),
		p.seldom("tools", func() string { return inline(one(p, "lookup", "refund", "kb") + ": " + word()) }),
		p.seldom("steps", func() string { return inline(fmt.Sprint(p.whole(1, 4)) + ": " + word()) }))
}

func (p pen) retry() string {
	return inline(fmt.Sprint("attempts: ", p.whole(1, 5)),
		p.maybe("on", func() string {
			var on []string
			for range p.whole(1, 4) {
				on = append(on, one(p, retriable()...))
			}
			return "[" + strings.Join(on, ", ") + "]"
		}),
		p.maybe("backoff", func() string {
			return inline("initial: "+p.duration(500*time.Millisecond, 5*time.Second+500*time.Millisecond), p.maybe("factor", func() string { return one(p, "1", "1.5", "3") }),
				p.maybe("max", p.time(6*time.Second, 16*time.Second)), "jitter: "+one(p, "none", "full", "equal", "decorrelated", "[0.75, 1.5]"))
		}),
		p.maybe("max_retry_after", p.time(time.Second, 21*time.Second)))
}

// retriable are the kinds that `on` may name.
func retriable() (names []string) {
	for k := agentchaos.RateLimit; int(k) < agentchaos.Kinds; k++ {
		switch k {
		case agentchaos.BreakerOpen, agentchaos.BudgetExhausted, agentchaos.Cancelled, agentchaos.Crash:
		default:
			names = append(names, k.String())
		}
	}
	return names
}

func (p pen) breaker() string {
	recovery := "recovery: " + p.duration(200*time.Millisecond, 5*time.Second+200*time.Millisecond)
	probes := p.maybe("probes", p.number(1, 3))
	if !p.yes() {
		return inline(fmt.Sprint("failures: ", p.whole(1, 6)), recovery, probes)
	}
	return inline("failure_rate: "+p.share(1, 100), p.maybe("window", p.time(time.Second, 11*time.Second)), p.maybe("min_calls", p.number(1, 10)), recovery, probes)
}

func (p pen) fault(chain []string) string {
	kinds := faults.Kinds()
	k := one(p, kinds...)
	targets := append([]string{"*/*", "primary", "tool/*", "tool/refund", "retrieval/kb"}, chain...)
	if p.inner(k) {
		targets = slices.DeleteFunc([]string{"agent", "store"}, func(target string) bool { return !p.strikes(k, target) })
	}
	return p.faultOf(k, one(p, targets...))
}

func (p pen) faultOf(k faults.Info, target string) string {
	pairs := []string{fmt.Sprintf("target: %q", target), "kind: " + k.Kind}
	return inline(append(append(pairs, p.settings(k)...), p.maybe("when", p.when))...)
}

// inner reports whether a fault strikes the agent's own: its process, its store.
func (p pen) inner(k faults.Info) bool { return p.strikes(k, "agent") || p.strikes(k, "store") }

func (p pen) strikes(k faults.Info, target string) bool {
	f := k.Make(faults.Given{Kind: k.Kind})
	return f.Start(0, target) != nil && faults.Rule{Target: target, Fault: f}.Check() == nil
}

// settings of a fault, as its kind has them. Some mean nothing without another.
func (p pen) settings(k faults.Info) (pairs []string) {
	bucket := false
	for _, s := range k.Settings {
		switch s {
		case "requests_per_minute":
			if bucket = p.yes(); bucket {
				pairs = append(pairs, fmt.Sprint("requests_per_minute: ", p.whole(10, 300)), p.maybe("burst", p.number(1, 10)))
			}
		case "tokens_per_minute":
			if p.yes() {
				bucket = true
				pairs = append(pairs, fmt.Sprint("tokens_per_minute: ", p.whole(100, 50_000)))
			}
		case "retry_after":
			words := []string{p.duration(0, 10*time.Second), "none", "date", "huge", "negative", "milliseconds", "fraction", "zero", "conflict"}
			if bucket {
				words = append(words, "honest")
			}
			pairs = append(pairs, p.maybe(s, func() string { return one(p, words...) }))
		case "status":
			pairs = append(pairs, p.maybe(s, p.number(400, 599)))
		case "delay":
			pairs = append(pairs, p.maybe(s, p.time(0, 3*time.Second)))
		case "hang":
			pairs = append(pairs, p.maybe(s, p.time(time.Second, 21*time.Second)))
		case "factor":
			pairs = append(pairs, p.maybe(s, p.number(1, 20)))
		case "restart_after":
			pairs = append(pairs, p.maybe(s, p.time(0, 5*time.Second)))
		case "max_restarts":
			pairs = append(pairs, p.maybe(s, p.number(1, 8)))
		case "at":
			if p.strikes(k, "agent") {
				pairs = append(pairs, p.seldom(s, p.number(1, 5)))
				continue
			}
			pairs = append(pairs, p.maybe(s, func() string { return p.share(0, 100) }))
		case "how":
			pairs = append(pairs, p.maybe(s, func() string { return one(p, faults.HowNames[:]...) }))
		case "error":
			pairs = append(pairs, p.maybe(s, func() string { return one(p, "overloaded", "rate_limit", "unavailable", "auth") }))
		case "variant":
			pairs = append(pairs, p.maybe(s, func() string { return agentchaos.Variant(p.whole(1, agentchaos.Variants-1)).String() }))
		}
	}
	return pairs
}

func (p pen) when() string {
	from := time.Duration(p.whole(0, 10)) * time.Second
	return inline(
		p.maybe("probability", func() string { return p.share(1, 100) }),
		p.seldom("from", from.String),
		p.seldom("until", func() string { return (from + time.Duration(p.whole(1, 10))*time.Second).String() }),
		p.seldom("after", p.number(0, 20)), p.seldom("every", p.number(1, 4)), p.seldom("call_first", p.number(1, 3)), p.seldom("first", p.number(1, 30)),
		p.seldom("bursts", func() string {
			return inline("up: "+p.duration(time.Second, 11*time.Second), "down: "+p.duration(time.Second, 6*time.Second))
		}),
	)
}
