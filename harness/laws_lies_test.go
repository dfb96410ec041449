package harness_test

import (
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/resilience"
)

// mortalWorld has everything in it that the lies about lives are about.
const mortalWorld = file(`
version: 1
seed: 3
seeds: 1
models:
  x/a: {first_token: 400ms, per_token: 10ms, quality: 0.9, price: {input: 3, output: 15}}
  x/b: {first_token: 300ms, per_token: 20ms, quality: 0.5}
tools:
  lookup: {kind: read, latency: 200ms}
  refund: {kind: write, latency: 500ms}
  kb: {kind: retrieval, latency: 300ms}
agents:
  a:
    arrivals: {rate: 4/s, burstiness: 1}
    deadline: 8s
    steps:
      - {loop: {times: {p0: 1, p50: 1, p99: 3}, grow: 100, steps: [{model: {input_tokens: {p50: 200, p99: 400}, output_tokens: 40}}, {tool: lookup}]}}
      - {parallel: [{retrieval: kb}, {tool: refund, times: 2}]}
      - {model: {input_tokens: 300, output_tokens: 30}, models: [x/b]}
policies:
  p:
    models: [x/a, x/b]
    timeout: {attempt: 3s}
    retry: {attempts: 3, backoff: {initial: 500ms, max: 2s}}
    retry_budget: {ratio: 60%, min_per_second: 0.1}
    idempotency: {}
    checkpoint: {every: step}
    degrade: {tool: caveat, retrieval: disclaimer, tools: {refund: caveat}, deadline: partial, reserve: 400ms}
scenarios:
  s:
    agent: a
    tasks: 150
    policies: [p]
    gates: [during faults completion_rate >= 1%]
    faults:
      - {target: agent, kind: crash, restart_after: 1s, max_restarts: 3, when: {probability: 15%}}
      - {target: store, kind: store_torn, when: {probability: 20%}}
      - {target: store, kind: store_locked, when: {probability: 10%, from: 2s}}
      - {target: tool/refund, kind: commit_then_timeout, when: {probability: 15%}}
      - {target: "*/*", kind: unavailable, when: {probability: 35%, from: 3s, until: 25s}}
`)

// fault changes what a fault was asked to be.
func fault(at int, change func(*faults.Rule)) func(*played) {
	return func(r *played) {
		s := *r.Scenario
		s.Faults = slices.Clone(s.Faults)
		change(&s.Faults[at])
		r.Scenario = &s
	}
}

// askedOfTasks changes the agent.
func askedOfTasks(change func(*resilience.Agent)) func(*played) {
	return func(r *played) {
		s := *r.Scenario
		change(&s.Agent.Agent)
		r.Scenario = &s
	}
}

// notDone takes away every attempt of one write of a task that is complete.
func notDone(r *played) {
	i := slices.IndexFunc(r.tasks, func(t agentchaos.Task) bool { return t.Outcome == agentchaos.Completed })
	task := r.tasks[i].Task
	r.records = slices.DeleteFunc(r.records, func(x any) bool {
		a, ok := x.(attempt)
		return ok && a.ID.Task == task && a.Use == agentchaos.UseWrite
	})
}

// deniedWrite lets a try time out of a write that is left out.
func deniedWrite(r *played) {
	i := slices.IndexFunc(r.records, func(x any) bool {
		c, ok := x.(change)
		return ok && c.What == agentchaos.Caveated && c.Target == "tool/refund"
	})
	id := of(r.records[i].(change).ID)
	lie(func(a *attempt) bool { a.Kind = agentchaos.Timeout; return of(a.ID) == id })(r)
}

// laterLivesRetry makes later tries of the first of every life but the first.
func laterLivesRetry(r *played) {
	crashed := map[uint32]bool{}
	for i, x := range r.records {
		switch x := x.(type) {
		case change:
			crashed[x.ID.Task] = crashed[x.ID.Task] || x.What == agentchaos.Crashed
		case attempt:
			if crashed[x.ID.Task] {
				x.ID.Attempt = 200
				r.records[i] = x
			}
		}
	}
}

// enoughTime takes away what was given up in the step of a task that is partial before its deadline.
func enoughTime(r *played) {
	i := slices.IndexFunc(r.tasks, func(t agentchaos.Task) bool { return t.Outcome == agentchaos.Partial && t.End < r.deadline(t.Task) })
	t := r.tasks[i]
	leaveOut(func(c change) bool {
		return c.What == agentchaos.RetryGivenUp && c.ID.Task == t.Task && c.ID.Step == t.Step && c.At == t.End
	})(r)
}

// tooLateForAResult changes the end of a task of which a process began when its time was up.
func tooLateForAResult(change func(*agentchaos.Task)) func(*played) {
	return func(r *played) {
		lie(func(t *agentchaos.Task) bool {
			lives := r.lives[t.Task]
			if t.Steps == 0 || !r.orphan(lives[len(lives)-1]) || t.Kind != agentchaos.Cancelled {
				return false
			}
			change(t)
			return true
		})(r)
	}
}

// again puts a copy of the first record that it is true of behind it, changed.
func again[T any](change func(*T) bool) func(*played) {
	return func(r *played) {
		for i := range r.records {
			if x, ok := r.records[i].(T); ok && change(&x) {
				r.records = slices.Insert(r.records, i+1, any(x))
				return
			}
		}
		panic("nothing to lie about")
	}
}

// is changes a change of a sort.
func is(what agentchaos.What, change func(*change)) func(*played) {
	return lie(func(c *agentchaos.Change) bool {
		if c.What != what {
			return false
		}
		change(c)
		return true
	})
}

// ended changes a task that ended so.
func ended(o agentchaos.Outcome, change func(*agentchaos.Task)) func(*played) {
	return lie(func(t *agentchaos.Task) bool {
		if t.Outcome != o {
			return false
		}
		change(t)
		return true
	})
}

var liesOfLives = []tale{
	{"Little's law", "processes were down for less", func(r *played) { r.cell.Counts[report.DownTime]-- }},
	{"Little's law", "one was down for longer", is(agentchaos.Crashed, func(c *change) { c.For++ })},
	{"Little's law at the providers' doors", "it died a nanosecond later", lie(func(a *attempt) bool { a.End++; return a.Kind == agentchaos.Crash })},
	{"arrivals are ended and in flight", "a task ended with its first process", again(func(c *change) bool { c.ID.Task = 9999; return c.What == agentchaos.Crashed })},
	{"steps fill a task", "a step was left out", leaveOut(func(c agentchaos.Called) bool { return c.ID.Step == 2 })},
	{"steps fill a task", "it went on further than it had come", is(agentchaos.Resumed, func(c *change) { c.ID.Step++ })},
	{"steps fill a task", "it did not say that it went on", leaveOut(said(agentchaos.Resumed))},
	{"steps fill a task", "the store was waited for longer", is(agentchaos.StoreFailed, func(c *change) { c.For++ })},
	{"steps fill a task", "nothing was kept", asked(func(p *resilience.Policy) { p.Checkpoint = nil })},
	{"steps fill a task", "the plan was longer", askedOfTasks(func(a *resilience.Agent) {
		a.Steps = append([]resilience.Step{{Use: agentchaos.UseRead, Target: "tool/lookup"}}, a.Steps...)
	})},
	{"outcomes are what was done", "a task did a step more", ended(agentchaos.Completed, func(t *agentchaos.Task) { t.Steps++ })},
	{"outcomes are what was done", "a step had no caveat", ended(agentchaos.Degraded, func(t *agentchaos.Task) { t.Steps, t.Without = t.Steps+1, t.Without-1 })},
	{"outcomes are what was done", "a caveat is no degradation", ended(agentchaos.Degraded, func(t *agentchaos.Task) { t.Outcome = agentchaos.Completed })},
	{"outcomes are what was done", "a partial task has failed", ended(agentchaos.Partial, func(t *agentchaos.Task) { t.Outcome, t.Kind = agentchaos.Failed, agentchaos.Cancelled })},
	{"outcomes are what was done", "nothing was to be partial", asked(func(p *resilience.Policy) { p.Degrade.Deadline = false })},
	{"outcomes are what was done", "it failed of nothing", ended(agentchaos.Failed, func(t *agentchaos.Task) { t.Kind = agentchaos.None })},
	{"outcomes are what was done", "it failed of something else", ended(agentchaos.Failed, func(t *agentchaos.Task) { t.Kind = agentchaos.Quota })},
	{"outcomes are what was done", "it failed in another step", lie(func(t *agentchaos.Task) bool { t.Step++; return t.Kind == agentchaos.Unavailable })},
	{"outcomes are what was done", "it was not tried again, though there was time", enoughTime},
	{"outcomes are what was done", "a life that began too late had a result", tooLateForAResult(func(t *agentchaos.Task) { t.Outcome, t.Kind = agentchaos.Partial, agentchaos.None })},
	{"outcomes are what was done", "it would have gone on elsewhere", tooLateForAResult(func(t *agentchaos.Task) { t.Step++ })},
	{"the deadline is hard", "it was hit early, though there was time", enoughTime},
	{"the dead do nothing", "a restart came late", is(agentchaos.Resumed, func(c *change) { c.At++ })},
	{"the dead do nothing", "a dead process went on", again(func(c *change) bool {
		due := c.What == agentchaos.Crashed && c.For > 0
		if due {
			c.What = agentchaos.Refused
		}
		return due
	})},
	{"the dead do nothing", "an attempt of a dead process had begun before", func(r *played) {
		crashed := map[uint32]bool{}
		for i, x := range r.records {
			c, _ := x.(change)
			crashed[c.ID.Task] = crashed[c.ID.Task] || c.What == agentchaos.Crashed
			if a, ok := x.(attempt); ok && crashed[a.ID.Task] {
				a.Begin = 0
				r.records[i] = a
				return
			}
		}
	}},
	{"the dead do nothing", "an attempt outlived its process", lie(func(a *attempt) bool { a.End++; return a.Kind == agentchaos.Crash })},
	{"the dead do nothing", "an attempt crashed alone", lie(func(a *attempt) bool { a.Kind++; return a.Kind == agentchaos.Crash })},
	{"the dead do nothing", "fewer restarts were allowed", fault(0, func(f *faults.Rule) { f.Fault = faults.Crash{RestartAfter: time.Second, MaxRestarts: 2} })},
	{"the dead do nothing", "more restarts were allowed", fault(0, func(f *faults.Rule) { f.Fault = faults.Crash{RestartAfter: time.Second, MaxRestarts: 4} })},
	{"the dead do nothing", "they were to be away longer", fault(0, func(f *faults.Rule) { f.Fault = faults.Crash{RestartAfter: 2 * time.Second, MaxRestarts: 3} })},
	{"the dead do nothing", "nothing killed it", is(agentchaos.Crashed, func(c *change) { c.By = 0 })},
	{"what is done is kept", "a step was done again in silence", leaveOut(said(agentchaos.Redone))},
	{"what is done is kept", "a step was done again that was not done", lie(func(c *change) bool {
		old := c.What
		c.What = agentchaos.Redone
		return old == agentchaos.RetryWait
	})},
	{"what is done is kept", "nobody did it again", is(agentchaos.Redone, func(c *change) { c.At-- })},
	{"what is done is kept", "a result came from nowhere", is(agentchaos.Replayed, func(c *change) { c.ID.Step = 1 })},
	{"what is done is kept", "there was no log", asked(func(p *resilience.Policy) { p.Idempotency = nil })},
	{"attempts are numbered on", "an attempt had another number", lie(func(a *attempt) bool { a.ID.Attempt += 2; return true })},
	{"attempts are numbered on", "numbers began anew", lie(func(a *attempt) bool {
		old := a.ID.Attempt
		a.ID.Attempt = 1
		return old > 3
	})},
	{"caveats stand for failures", "there was no caveat", leaveOut(said(agentchaos.Caveated))},
	{"caveats stand for failures", "it was for something else", is(agentchaos.Caveated, func(c *change) { c.Kind++ })},
	{"caveats stand for failures", "tools were not to be left out", asked(func(p *resilience.Policy) { p.Degrade.Tool = false })},
	{"caveats stand for failures", "a write was not to be left out", asked(func(p *resilience.Policy) { p.Degrade.Tools = nil })},
	{"caveats stand for failures", "a step was to be left out", asked(func(p *resilience.Policy) { p.Degrade.Tools = map[string]bool{"tool/lookup": false} })},
	{"caveats stand for failures", "a write may have been done", deniedWrite},
	{"budgets", "later lives paid nothing in", laterLivesRetry},
	{"the store fails as it is struck", "another wait", is(agentchaos.StoreFailed, func(c *change) { c.For += time.Second })},
	{"the store fails as it is struck", "another fault did it", is(agentchaos.StoreFailed, func(c *change) { c.By = 5 - c.By })},
	{"the store fails as it is struck", "there is no store", asked(func(p *resilience.Policy) { p.Idempotency, p.Checkpoint = nil, nil })},
	{"the store fails as it is struck", "it was over", fault(2, func(f *faults.Rule) { f.When.Until = 3 * time.Second })},
	{"tokens are as planned", "it read one more", lie(func(a *attempt) bool { a.Truth.Input++; return a.Use == agentchaos.UseModel && a.Truth.Input > 1 })},
	{"tokens are as planned", "it wrote too much", lie(func(a *attempt) bool { a.Truth.Output = 41; return a.Use == agentchaos.UseModel })},
	{"tokens are as planned", "rounds were to grow more", askedOfTasks(func(a *resilience.Agent) {
		a.Steps = slices.Clone(a.Steps)
		a.Steps[0].Grow++
	})},
	{"tokens are as planned", "another model was asked", lie(func(a *attempt) bool { a.Target = "x/c"; return a.Use == agentchaos.UseModel })},
	{"tries are bounded", "the step's own chain is another", lie(func(c *change) bool { c.Target = "x/a"; return c.What == agentchaos.FellBack })},
	{"the deadline is hard", "the deadline was another", is(agentchaos.DeadlineHit, func(c *change) { c.For++ })},
	{"the deadline is hard", "a life had a deadline of its own", ended(agentchaos.Partial, func(t *agentchaos.Task) { t.End++ })},
	{"counts add up", "quality was better", func(r *played) { r.cell.Counts[report.QualityMicro]++ }},
	{"attribution adds up", "another fault killed it", is(agentchaos.Crashed, func(c *change) { c.By++ })},
	{"attribution adds up", "a store's failure was got over otherwise", func(r *played) {
		r.cell.Faults[2].Fates[report.Absorbed]--
		r.cell.Faults[2].Fates[report.Retried]++
	}},
	{"faults strike where they are meant", "a store's fault killed a process", is(agentchaos.Crashed, func(c *change) { c.By = 2 })},
	{"faults strike where they are meant", "crashes were only to come later", fault(0, func(f *faults.Rule) { f.When.From = 10 * time.Second })},
	{"faults strike where they are meant", "only first processes were to die", fault(0, func(f *faults.Rule) { f.When.CallFirst = 1 })},
	{"faults strike where they are meant", "fewer were to die", fault(0, func(f *faults.Rule) { f.When.First = 5 })},
	{"the ledger adds up", "an effect was done twice", func(r *played) { r.cell.Counts[report.Duplicates]++ }},
	{"the ledger adds up", "an effect was lost", func(r *played) { r.cell.Counts[report.LostEffects]++ }},
	{"the ledger adds up", "a task was complete without its effect", notDone},
}
