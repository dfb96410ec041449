package scenarios

import (
	"fmt"
	"time"

	"github.com/agentchaos/agentchaos/report"
)

// file is the top level of a document, as read.
type file struct {
	seed     uint64
	seeds    int
	tasks    int
	duration time.Duration
	loss     float64
	away     time.Duration
	answers  []Answer
	gates    gateSet
	options  []report.Gate // of --gate, which are in gates too
}

// defaultTasks and defaultTail are what a scenario gets that says neither tasks nor duration.
const (
	defaultTasks = 300
	defaultTail  = time.Minute
	defaultSeeds = 20 // STATISTICS.md §1 says why
	defaultLoss  = 0.05
)

// What a file may ask for at most. Flags that say the same are held to the same.
const (
	MaxTasks = 10_000_000 // tasks a cell
	MaxSeeds = 100_000    // repetitions of every cell
	MaxSeed  = 1 << 53    // the first seed: above it a number in JSON or JavaScript is no longer exact
)

func fileSection(l *loader) *section[file] {
	return &section[file]{name: "scenario file", doc: "a scenario file", either: [][]string{{"tasks", "duration"}}, fields: []field[file]{
		needed(field[file]{key: "version", doc: "1", shape: shape{"const": 1}, read: func(d *decoder, v at, _ *file) {
			if s, ok := d.scalar(v, "1"); ok && (s != "1" || v.quoted) {
				d.fail(v.node, v.path, "unknown version "+quote(s), "this is version 1")
			}
		}}),
		wholeField("seed", "the first seed", "1", 0, MaxSeed, func(f *file) *uint64 { return &f.seed }),
		wholeField("seeds", "repetitions of every cell, each with its own luck", "20", 1, MaxSeeds, func(f *file) *int { return &f.seeds }),
		tasksField(func(f *file) *int { return &f.tasks }),
		lastsField(func(f *file) *time.Duration { return &f.duration }),
		shareField("max_hidden_loss", "the share of its tasks that an event not seen in any seed may cost one; what intervals assume", "5%", func(f *file) *float64 { return &f.loss }),
		positiveDurationField("max_away", "a first model that does not serve for longer, while another does, is warned of", "5m", "", func(f *file) *time.Duration { return &f.away }),
		libraryField(&l.models, "how each simulated model behaves when it is healthy, by provider/model; names may be globs"),
		libraryField(&l.tools, "the tools and retrieval indexes"),
		libraryField(&l.agents, "the workloads"),
		libraryField(&l.policies, "the configurations of the resilience stack"),
		libraryField(&l.scenarios, "what goes wrong, for whom"),
		answersField("what models say over HTTP in every scenario, first fit first", func(f *file) *[]Answer { return &f.answers }),
		gatesField(l, func(f *file) *gateSet { return &f.gates }),
	}}
}

func tasksField[T any](to func(*T) *int) field[T] {
	return wholeField("tasks", "tasks a cell", "300 tasks, but at least until one minute after the last `until` and the end of a profile", 1, MaxTasks, to)
}

func lastsField[T any](to func(*T) *time.Duration) field[T] {
	return field[T]{key: "duration", doc: "how long tasks arrive, in place of tasks", shape: ref("duration"), read: func(d *decoder, v at, t *T) {
		x, ok := d.duration(v)
		if ok && x == 0 {
			d.fail(v.node, v.path, "no task would ever arrive", "")
		}
		*to(t) = x
	}}
}

// libraryField reads the entries of one kind: all of the file's own, used or not.
func libraryField[T any](lib *library[T], doc string) field[file] {
	entries := lib.section.entries()
	if lib.named != nil {
		entries["propertyNames"] = lib.named
	}
	return field[file]{key: lib.plural, doc: doc, shape: entries, read: func(d *decoder, v at, _ *file) {
		if !d.want(v, mapNode, "a map of "+lib.plural+" by name") {
			return
		}
		for _, e := range v.entries {
			switch name := e.key.text; {
			case ignored(name):
			case name == "" || len(name) > 200:
				d.fail(e.key, v.path, "a name has 1 to 200 characters", "")
			case lib.misnamed != nil && lib.misnamed(d, at{e.key, v.path}):
			default:
				lib.use(d, name)
			}
		}
	}}
}

// suite reads the whole document.
func (l *loader) suite() *Suite {
	l.open()
	top := at{l.own, ""}
	if !l.want(top, mapNode, "a map that begins with version: 1") {
		return nil
	}
	if n := l.own.get("policies"); n != nil && n.shape == mapNode {
		l.ownPolicies = n.entries
	}
	if n := l.own.get("scenarios"); n != nil && n.shape == mapNode {
		l.ownScenarios = n
	}
	l.set(l.options.Set)
	l.enter()
	top.node = l.own
	f := file{seed: 1, seeds: defaultSeeds, loss: defaultLoss}
	fileSection(l).read(&l.decoder, top, &f)
	if l.options.Seeds > 0 {
		f.seeds = l.options.Seeds
	}
	if f.loss == 0 {
		l.fail(l.own.get("max_hidden_loss"), "max_hidden_loss", "0 would claim that what was not seen cannot happen", "the default is 5%")
	}
	l.optionGates(&f)
	s := &Suite{Seed: f.seed, Seeds: f.seeds, HiddenLoss: f.loss, MaxAway: f.away, optionGates: f.options}
	for _, name := range l.chosen() {
		if sc := l.scenarios.use(&l.decoder, name); sc != nil && sc.agent != nil { // what is wrong with the agent has been said
			s.Scenarios = append(s.Scenarios, l.resolve(&f, name, sc))
		}
	}
	if len(s.Scenarios) == 0 && len(l.problems) == 0 {
		l.fail(l.own.keyNode("scenarios"), "scenarios", "there is no scenario", "leave the key out to run the built-in ones")
	}
	l.unused(&f, s)
	if len(l.problems) == 0 {
		l.unfiredAnywhere(&f, s)
	}
	if len(l.problems) == 0 {
		s.Models = l.allModels()
		l.review(s)
	}
	return s
}

// chosen are the scenarios to run: the file's own, or, if it has none, the built-in ones.
func (l *loader) chosen() []string {
	n := l.builtin.get("scenarios")
	if own := l.ownScenarios; own != nil {
		n = own
	}
	var names []string
	if n == nil || n.shape != mapNode {
		return nil
	}
	for _, e := range n.entries {
		if !ignored(e.key.text) {
			names = append(names, e.key.text)
		}
	}
	return names
}

// gateName is the file that problems of --gate options are in, one option a line.
const gateName = "--gate"

// optionGates reads --gate.
func (l *loader) optionGates(f *file) {
	src := &source{name: gateName, lines: l.options.Gates}
	for i, expr := range l.options.Gates {
		n := &node{shape: scalarNode, text: expr, src: src, line: i + 1, col: 1, size: 1}
		if g, ok := l.gate(&l.decoder, at{n, ""}); ok {
			f.gates.all = append(f.gates.all, g)
			f.options = append(f.options, g.Gate)
		}
	}
}

// unused says which policies of the top-level gates run in no scenario.
func (l *loader) unused(f *file, s *Suite) {
	for _, b := range f.gates.by {
		used := b.policy.text == execPolicy
		for _, sc := range s.Scenarios {
			for _, a := range sc.Arms {
				used = used || a.Policy == b.policy.text
			}
		}
		if !used {
			l.warn(b.policy, "gates", fmt.Sprintf("the policy %q runs in no scenario, so its gates are never judged", b.policy.text), "")
		}
	}
}
