package faults

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/agentchaos/agentchaos"
)

// Settings of the providers of one run.
type Settings struct {
	Seed    agentchaos.Seed  // of the cell and scenario
	Primary string           // what the target "primary" of a rule means; "": the first model that is asked
	Models  map[string]Model // by target, or by glob of path.Match for those that have no entry of their own
	Tools   map[string]Tool  // by target: "tool/NAME", "retrieval/NAME"
	Rules   []Rule           // at most 255
}

// maxRules is what Ending.By can name.
const maxRules = 255

// Check reports everything that is wrong.
func (s *Settings) Check() error {
	var errs []error
	complain := func(what, name string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", what, name, err))
		}
	}
	for _, name := range sorted(s.Models) {
		m := s.Models[name]
		_, err := path.Match(name, "")
		complain("model", name, errors.Join(err, m.Limits.check(), m.Capacity.check()))
	}
	for _, name := range sorted(s.Tools) {
		if !isTool(name) {
			complain("tool", name, errors.New("is neither tool/NAME nor retrieval/NAME"))
		}
	}
	if len(s.Rules) > maxRules {
		errs = append(errs, fmt.Errorf("%d faults are more than %d", len(s.Rules), maxRules))
	}
	taken := map[string]bool{}
	for i, r := range s.Rules {
		complain("fault", fmt.Sprintf("%d (%s)", i+1, r.Name), r.Check())
		if r.Name != "" && taken[r.Name] {
			complain("fault", r.Name, errors.New("two of this name would share their luck"))
		}
		taken[r.Name] = true
	}
	return errors.Join(errs...)
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Model is the model of a target: its own entry, else that of the longest glob that matches.
func (s *Settings) Model(target string) (Model, bool) {
	if m, ok := s.Models[target]; ok {
		return m, true
	}
	best := ""
	for _, glob := range sorted(s.Models) {
		if ok, err := path.Match(glob, target); ok && err == nil && len(glob) > len(best) {
			best = glob
		}
	}
	m, ok := s.Models[best]
	return m, ok && best != ""
}

// Providers are the simulated providers of one run. They may be used concurrently.
type Providers struct {
	mu       sync.Mutex
	settings Settings
	bursts   []*bursts // by rule
	targets  map[string]*provider
	last     *provider // that was asked last: often it is the next one's too
	ledger   Ledger
}

// New makes providers at the beginning of a run. The settings must not be changed while they are used.
func New(s Settings) (*Providers, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	s.Rules = slices.Clone(s.Rules)
	Names(s.Rules)
	p := &Providers{settings: s, bursts: make([]*bursts, len(s.Rules)), targets: map[string]*provider{}}
	for i, r := range s.Rules {
		if r.When.Bursts != (Bursts{}) {
			p.bursts[i] = newBursts(s.Seed.Derive(r.Name).Derive("bursts"), r.When.Bursts)
		}
	}
	return p, nil
}

// Open decides what will happen to a request that comes now. A target that nobody has heard of is not_found. It is an
// [agentchaos.Open].
//
// In the script, the Status of an ending by Refuse or Event is set: for an Event it is that of the ordinary error which a
// client sees that did not ask for a stream. Kind is what a strict client takes it for.
func (p *Providers) Open(now time.Duration, req *agentchaos.Request) (s agentchaos.Script) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == nil || p.last.target != req.Target {
		p.last = p.provider(req.Target)
	}
	p.last.open(now, req, &s)
	return s
}

// Ledger is the outside world's record of what write tools have done.
func (p *Providers) Ledger() *Ledger { return &p.ledger }

// Rules are the rules with their names, in order.
func (p *Providers) Rules() []Rule { return slices.Clone(p.settings.Rules) }

func (p *Providers) provider(target string) *provider {
	if t := p.targets[target]; t != nil {
		return t
	}
	return p.found(target)
}

// found makes the provider of a target at its first request.
func (p *Providers) found(target string) *provider {
	if p.settings.Primary == "" && !isTool(target) {
		p.settings.Primary = target
	}
	t := p.fresh(target)
	p.targets[target] = t
	return t
}

// fresh is a target as before its first request. All its luck derives from names, so the order of targets does not matter.
func (p *Providers) fresh(target string) *provider {
	s := &p.settings
	var t *provider
	if isTool(target) {
		tool, ok := s.Tools[target]
		t = &provider{first: tool.Latency, plain: true, known: ok}
		if ok && tool.Use == agentchaos.UseWrite {
			t.ledger, t.keep = &p.ledger, tool.keep()
		}
	} else {
		m, ok := s.Model(target)
		t = &provider{
			first: m.FirstToken, pace: m.PerToken, known: ok, dialect: m.Dialect,
			limits: newLimits(m.Limits), slots: newSlots(m.Capacity), slowdown: uint64(m.Capacity.Slowdown), cancel: m.Capacity.Abandoned == Cancel,
		}
	}
	t.target, t.mu = target, &p.mu
	if t.dialect == agentchaos.Plain {
		t.dialect = agentchaos.DialectOf(target)
	}
	luck := s.Seed.Derive(target)
	t.firstLuck, t.paceLuck = luck.Derive("first_token"), luck.Derive("per_token")
	p.arm(t)
	return t
}

// arm gives a target the rules that match it, fresh.
func (p *Providers) arm(t *provider) {
	s := &p.settings
	for i, r := range s.Rules {
		if !r.Matches(t.target, s.Primary) {
			continue
		}
		luck := s.Seed.Derive(r.Name).Derive(t.target)
		inject, limits := begin(r.Fault, luck.Derive("effect"), t.target)
		a := arm(i+1, r, inject, luck, p.bursts[i])
		t.rules = append(t.rules, a)
		if limits != nil {
			t.gauges = append(t.gauges, gauge{a.from, a.until, limits})
		}
	}
}
