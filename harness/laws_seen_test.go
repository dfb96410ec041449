package harness_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/scenarios"
	"github.com/stretchr/testify/require"
)

// A law that was never seen broken is no law. Each of these lies breaks one: something is changed in the records of a run, or
// in its numbers, or in what it was asked to be, and the law must notice.

// lawfulWorld has everything in it that the lies below are about.
const lawfulWorld = file(`
version: 1
seeds: 1
models:
  x/a: {first_token: 400ms, per_token: 10ms, price: {input: 3, output: 15}}
  x/b: {first_token: 300ms, per_token: 20ms, price: {input: 1, output: 2}}
tools: {refund: {kind: write, latency: 500ms}}
agents: {a: {arrivals: {rate: 4/s, burstiness: 1}, deadline: 20s, steps: [{model: {input_tokens: 10, output_tokens: 50}}, {tool: refund}]}}
policies:
  p:
    models: [x/a, x/b]
    timeout: {first_token: 5s, idle: 1s, attempt: 8s}
    retry: {attempts: 3, backoff: {initial: 500ms, max: 2s}}
    retry_budget: {ratio: 50%, min_per_second: 1}
    breaker: {failures: 3, recovery: 2s}
    hedge: {after: 1s}
    bulkhead: {concurrency: 3, queue: 2}
    repair: {attempts: 1}
scenarios:
  s:
    agent: a
    tasks: 120
    policies: [p]
    gates: [during faults completion_rate >= 1%]
    faults:
      - {target: "x/*", kind: overloaded, delay: 100ms, when: {probability: 25%, from: 5s, until: 20s}}
      - {target: "x/*", kind: rate_limit, retry_after: 2s, when: {probability: 10%}}
      - {target: "x/*", kind: malformed, variant: wrong_type, when: {probability: 5%}}
      - {target: "x/*", kind: slow, factor: 4, when: {probability: 10%}}
      - {target: tool/refund, kind: malformed, variant: html, when: {probability: 20%}}
`)

// lie changes the first record of type T that it is true of.
func lie[T any](change func(*T) bool) func(*played) {
	return func(r *played) {
		for i := range r.records {
			if x, ok := r.records[i].(T); ok && change(&x) {
				r.records[i] = x
				return
			}
		}
		panic("nothing to lie about")
	}
}

// leaveOut takes away the first record of type T that it is true of.
func leaveOut[T any](it func(T) bool) func(*played) {
	return func(r *played) {
		i := slices.IndexFunc(r.records, func(record any) bool { x, ok := record.(T); return ok && it(x) })
		r.records = slices.Delete(r.records, i, i+1)
	}
}

// asked changes what the policy was asked to be.
func asked(change func(*resilience.Policy)) func(*played) {
	return func(r *played) {
		arm := *r.Arm
		change(&arm.Settings)
		r.Arm = &arm
	}
}

func said(what agentchaos.What) func(agentchaos.Change) bool {
	return func(c agentchaos.Change) bool { return c.What == what }
}

type attempt = agentchaos.Attempt
type change = agentchaos.Change

// tale is a lie and the law that must notice it.
type tale struct {
	law, lie string
	tell     func(*played)
}

var lies = []tale{
	{"time never goes back", "an attempt ended before it began", lie(func(a *attempt) bool { a.End = a.Begin - 1; return a.Begin > 0 })},
	{"arrivals are ended and in flight", "a task never ended", leaveOut(func(agentchaos.Task) bool { return true })},
	{"arrivals are ended and in flight", "a task never came", leaveOut(func(report.Arrival) bool { return true })},
	{"arrivals are ended and in flight", "a task began later than it came", lie(func(t *agentchaos.Task) bool { t.Begin++; return true })},
	{"Little's law", "an attempt took a nanosecond more", lie(func(a *attempt) bool { a.End++; return true })},
	{"Little's law", "tasks took a nanosecond less", func(r *played) { r.cell.Latency[report.TaskLatency].Sum-- }},
	{"Little's law", "a call is not counted", leaveOut(func(agentchaos.Called) bool { return true })},
	{"Little's law at the providers' doors", "an attempt took a nanosecond more", lie(func(a *attempt) bool { a.End++; return true })},
	{"Little's law at the providers' doors", "it was on another target", lie(func(a *attempt) bool { a.Target = "x/b"; return a.Begin > 0 && a.End > a.Begin })},
	{"Little's law at the providers' doors", "it was not recorded", leaveOut(func(attempt) bool { return true })},
	{"steps fill a task", "a step began late", lie(func(c *agentchaos.Called) bool { c.Begin++; return true })},
	{"outcomes are what was done", "a task did a step more", lie(func(t *agentchaos.Task) bool { t.Steps++; return true })},
	{"every attempt has a reason", "an attempt began late", lie(func(a *attempt) bool { a.Begin++; return true })},
	{"every attempt has a reason", "a retry was not announced", leaveOut(said(agentchaos.RetryWait))},
	{"every attempt has a reason", "an attempt was not made", leaveOut(func(attempt) bool { return true })},
	{"every attempt has a reason", "a refusal is not counted", func(r *played) { r.cell.Refused[agentchaos.BulkheadFull]-- }},
	{"every failure has its consequence", "the retry was for something else", lie(func(c *change) bool { c.Kind = agentchaos.Conflict; return c.What == agentchaos.RetryWait })},
	{"every failure has its consequence", "the call was not answered", lie(func(c *agentchaos.Called) bool { c.Kind++; return c.Kind == agentchaos.RateLimit })},
	{"no kind outside on", "a retry after invalid_request", lie(func(c *change) bool { c.Kind = agentchaos.InvalidRequest; return c.What == agentchaos.RetryWait })},
	{"no kind outside on", "only conflicts were to be retried", asked(func(p *resilience.Policy) { p.Retry.On = []agentchaos.Kind{agentchaos.Conflict} })},
	{"tries are bounded", "one try less was allowed", asked(func(p *resilience.Policy) { p.Retry.Attempts-- })},
	{"tries are bounded", "no re-ask was allowed", asked(func(p *resilience.Policy) { p.Repair.Attempts-- })},
	{"tries are bounded", "the chain is another", asked(func(p *resilience.Policy) { p.Models = []string{"x/a", "x/c"} })},
	{"waits are as set", "a wait was a nanosecond longer", lie(func(c *change) bool { c.For++; return c.What == agentchaos.RetryWait })},
	{"waits are as set", "a Retry-After was longer", lie(func(a *attempt) bool { a.RetryAfter += time.Second; return a.RetryAfter > time.Second })},
	{"Retry-After is honoured", "a Retry-After was longer", func(r *played) {
		for i, x := range r.records {
			if a, ok := x.(attempt); ok && a.RetryAfter > 0 {
				a.RetryAfter += time.Hour
				r.records[i] = a
			}
		}
	}},
	{"the deadline is hard", "the deadline was earlier", func(r *played) {
		s := *r.Scenario
		s.Agent.Deadline = time.Second
		r.Scenario = &s
	}},
	{"the deadline is hard", "a task was cancelled before it", lie(func(t *agentchaos.Task) bool { t.Kind = agentchaos.Cancelled; return true })},
	{"limits of an attempt", "the limit was lower", asked(func(p *resilience.Policy) { p.Timeout.Attempt = 500 * time.Millisecond })},
	{"limits of an attempt", "the first token had less time", asked(func(p *resilience.Policy) { p.Timeout.FirstToken = 300 * time.Millisecond })},
	{"limits of an attempt", "tokens had less time", asked(func(p *resilience.Policy) { p.Timeout.Idle = time.Millisecond })},
	{"breakers", "it opened earlier", asked(func(p *resilience.Policy) { p.Breaker = &resilience.Breaker{Failures: 2, Recovery: 2 * time.Second} })},
	{"breakers", "it was to stay open longer", asked(func(p *resilience.Policy) { p.Breaker = &resilience.Breaker{Failures: 3, Recovery: 3 * time.Second} })},
	{"breakers", "it did not open", leaveOut(said(agentchaos.BreakerOpened))},
	{"breakers", "it did not close", leaveOut(said(agentchaos.BreakerClosed))},
	{"breakers", "there was an attempt while it was open", func(r *played) {
		i := slices.IndexFunc(r.records, func(x any) bool { c, ok := x.(change); return ok && c.What == agentchaos.BreakerOpened })
		c := r.records[i].(change)
		a := attempt{ID: c.ID, Target: c.Target, Begin: c.At + 1, End: c.At + 1}
		r.records = slices.Insert(r.records, i+1, any(a))
	}},
	{"breakers", "there was a probe more", func(r *played) { r.cell.Counts[report.Probes]++ }},
	{"bulkheads", "there were fewer slots", asked(func(p *resilience.Policy) { p.Bulkhead.Concurrency-- })},
	{"bulkheads", "there were more slots", asked(func(p *resilience.Policy) { p.Bulkhead.Concurrency++ })},
	{"bulkheads", "somebody was in line while a slot was free", func(r *played) {
		queued := said(agentchaos.Queued)
		i := slices.IndexFunc(r.records, func(x any) bool { c, ok := x.(change); return ok && queued(c) })
		c := r.records[i].(change)
		for k, x := range r.records { // whoever held a slot then left it sooner
			if a, ok := x.(attempt); ok && a.Target == c.Target && a.Begin < c.At && a.End > c.At {
				a.End = c.At
				r.records[k] = a
			}
		}
	}},
	{"budgets", "there was less to spend", asked(func(p *resilience.Policy) { p.RetryBudget = &resilience.RetryBudget{Ratio: .05, MinPerSecond: .1} })},
	{"budgets", "a refusal was not necessary", func(r *played) {
		r.records = append(r.records, change{At: time.Hour, What: agentchaos.Refused, Kind: agentchaos.BudgetExhausted, Target: "x/a"})
	}},
	{"counts add up", "a record too many", func(r *played) { r.cell.Counts[report.Events]++ }},
	{"counts add up", "a model served more", func(r *played) { r.cell.Served[0].Calls++ }},
	{"counts add up", "a kind failed more", func(r *played) { r.cell.Numbers.Attempts[agentchaos.Overloaded]++ }},
	{"counts add up", "a task failed otherwise", func(r *played) { r.cell.Failures[agentchaos.Quota]++ }},
	{"counts add up", "it was refused more", func(r *played) { r.cell.Refused[agentchaos.BreakerOpen]++ }},
	{"counts add up", "more attempts during faults", func(r *played) { r.cell.During.Counts[report.Attempts]++ }},
	{"counts add up", "fewer after them", func(r *played) { r.cell.After.Counts[report.Attempts]-- }},
	{"histograms are the records", "a bucket holds more", func(r *played) { r.cell.Latency[report.CallLatency].Buckets[0].Count++ }},
	{"histograms are the records", "the longest is longer", func(r *played) { r.cell.Latency[report.FirstToken].Max++ }},
	{"histograms are the records", "one more", func(r *played) { r.cell.Latency[report.TaskLatency].Count++ }},
	{"attribution adds up", "another fault fired", func(r *played) { r.cell.Faults[0].Fates[report.Retried]++ }},
	{"attribution adds up", "it fell back instead", func(r *played) {
		r.cell.Faults[0].Fates[report.Retried]--
		r.cell.Faults[0].Fates[report.FellBack]++
	}},
	{"attribution adds up", "an attempt was spoiled by another", lie(func(a *attempt) bool { a.Truth.EndBy++; return a.Truth.EndBy == 2 })},
	{"faults strike where they are meant", "an attempt on a model was spoiled by a tool's fault", lie(func(a *attempt) bool { a.Truth.EndBy += 4; return a.Truth.EndBy == 5 })},
	{"faults strike where they are meant", "an overload slowed", lie(func(a *attempt) bool { a.Truth.SlowBy = 1; return a.Begin > 6*time.Second })},
	{"faults strike where they are meant", "it struck before it began", lie(func(a *attempt) bool { a.Truth.EndBy = 1; return a.Use == agentchaos.UseModel && a.End < 5*time.Second })},
	{"the ledger adds up", "an effect was done twice", func(r *played) { r.cell.Counts[report.Duplicates]++ }},
	{"the ledger adds up", "an effect was not done", leaveOut(func(a attempt) bool { return a.Use == agentchaos.UseWrite && a.Kind == agentchaos.None })},
}

func TestEveryLawIsSeenBroken(t *testing.T) {
	broken := map[string]bool{}
	for _, w := range []struct {
		world file
		lies  []tale
	}{{lawfulWorld, lies}, {mortalWorld, liesOfLives}} {
		job := harness.Jobs(loadSuite(t, string(w.world), scenarios.Options{}))[0]
		held := map[string]func(*played) error{}
		honest := playRecorded(t, job)
		for _, l := range laws {
			require.NoError(t, l.holds(honest), l.name)
			held[l.name] = l.holds
		}
		check := func(law, name string, tell func(*played)) {
			t.Run(law+"/"+name, func(t *testing.T) {
				r := &played{Job: job, cell: clone(honest.cell), records: slices.Clone(honest.records), door: honest.door}
				r.sort()
				tell(r)
				r.sort()
				require.Error(t, held[law](r))
				broken[law] = true
			})
		}
		for _, x := range w.lies {
			check(x.law, x.lie, x.tell)
		}
		for c := range report.NeverRecovered {
			if counted(c) {
				check("counts add up", fmt.Sprintf("one more of %v", c), func(r *played) { r.cell.Counts[c]++ })
			}
		}
	}
	require.Len(t, broken, len(laws), "every law")
}

// clone is a cell that shares nothing with the first that a lie may change.
func clone(c report.Cell) report.Cell {
	c.Numbers = c.Merge(report.Numbers{})
	for l := range c.Latency {
		c.Latency[l].Buckets = slices.Clone(c.Latency[l].Buckets)
	}
	for _, phase := range []**report.Numbers{&c.During, &c.After} {
		n := **phase
		*phase = &n
	}
	return c
}

// Random worlds are worth something only if everything happens in them: every kind of fault, of failure and of change, and
// every fate of a fault that there can be.
func TestEverythingHappensInSomeWorld(t *testing.T) {
	missing := map[string]bool{}
	for _, k := range faults.Kinds() {
		missing["fault "+k.Kind] = true
	}
	for what := range agentchaos.Whats {
		missing["change "+what.String()] = true
	}
	for _, f := range []report.Fate{report.Absorbed, report.Retried, report.FellBack, report.DegradedEnd, report.FailedEnd, report.Silent} {
		missing["fate "+f.String()] = true
	}
	for o := agentchaos.Completed; o <= agentchaos.Failed; o++ {
		missing["task "+o.String()] = true
	}
	missing["attempt crash"], missing["a result comes again"], missing["a conflict of keys"] = true, true, true
	for k := agentchaos.None; k < agentchaos.BreakerOpen; k++ {
		missing["attempt "+k.String()] = true
	}
	keys := []string{"profile: ", "exponential: ", "slowdown: "}
	for _, key := range keys {
		missing[key] = true
	}
	for n := 0; n < 2000 && len(missing) > 0; n++ {
		text := string(anyFile().Example(n))
		for _, key := range keys {
			if strings.Contains(text, key) {
				delete(missing, key)
			}
		}
		suite := loadSuite(t, text, scenarios.Options{})
		r := playRecorded(t, harness.Jobs(suite)[0])
		for i, f := range r.cell.Faults {
			if f.Fired() > 0 {
				delete(missing, "fault "+r.Scenario.Faults[i].Fault.Kind())
			}
			for fate, n := range f.Fates {
				if n > 0 {
					delete(missing, "fate "+report.Fate(fate).String())
				}
			}
		}
		for _, record := range r.records {
			switch x := record.(type) {
			case agentchaos.Attempt:
				delete(missing, "attempt "+x.Kind.String())
				if x.Truth.Replayed {
					delete(missing, "a result comes again")
				}
				if x.Kind == agentchaos.Conflict && x.Truth.EndBy == 0 {
					delete(missing, "a conflict of keys")
				}
			case agentchaos.Task:
				delete(missing, "task "+x.Outcome.String())
			case agentchaos.Change:
				delete(missing, "change "+x.What.String())
			}
		}
	}
	require.Empty(t, missing)
}
