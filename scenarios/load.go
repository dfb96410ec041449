package scenarios

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/report"
	"github.com/agentchaos/agentchaos/resilience"
)

// Suite is a scenario file with everything resolved.
type Suite struct {
	File       string // as it was given to Load
	SHA256     string // of the file's bytes
	Seed       uint64 // the first
	Seeds      int    // repetitions of every cell; ≥ 1
	HiddenLoss float64
	MaxAway    time.Duration           // 0: the report's default
	Models     map[string]faults.Model // every model a name can stand for, globs included
	Scenarios  []Scenario              // those to run, in the order of the file
	Warnings   Problems                // what `check` says of a file that can run

	optionGates []report.Gate // of Options: [Suite.Select] asks whether they mean something in what is left
}

// Scenario is one situation and the policies to try in it.
//
// Tasks and Duration are both lower bounds: tasks arrive until at least Tasks of them have come and Duration has passed,
// whichever is later. `tasks: N` leaves Duration 0, `duration: D` leaves Tasks 0; neither given, they are 300 and one
// minute after the last fault's end, or the end of the arrivals' profile if that is later (a last piece without end counts as
// a minute). With a profile that ends with nobody arriving Tasks is then 0, so that the run ends.
type Scenario struct {
	Name, About string
	Exec        bool // it needs one vendor only: `exec` runs it when no other is named
	Agent       Agent
	Tasks       int
	Duration    time.Duration
	Models      map[string]faults.Model // by name, of every model in a chain
	Tools       map[string]faults.Tool  // by target: tool/refund, retrieval/kb
	Faults      []faults.Rule
	Answers     []Answer // what models say over HTTP: its own, then the file's; see [AnswerTo]
	Arms        []Arm
}

// Arm is a policy in a scenario.
type Arm struct {
	Policy   string
	Extends  string // of a policy that extends another: which, and what it says otherwise; "": it stands alone
	Settings resilience.Policy
	Gates    []report.Gate // no gates: shown, not judged
}

// Options changes what a file says, as the flags of `run` do.
type Options struct {
	Set   []string // PATH=VALUE, applied to the document before it is decoded
	Gates []string // hold for every policy in every scenario, besides the file's
	Tasks int      // instead of every `tasks` and `duration`; 0: the file's
	Seeds int      // instead of `seeds`; 0: the file's
}

// Load reads a scenario file. name is what problems call it. The error is [Problems]: everything that is wrong.
func Load(name string, src []byte, o Options) (*Suite, error) {
	l := &loader{name: name, options: o}
	own, problems := parse(name, src)
	if len(problems) > 0 {
		return nil, problems.sorted(name)
	}
	l.own, l.builtin, l.isSuite = own, builtin(), bytes.Equal(src, agentchaos.Suite)
	s := l.suite()
	if len(l.problems) > 0 {
		return nil, l.problems.sorted(name)
	}
	sum := sha256.Sum256(src)
	s.File, s.SHA256, s.Warnings = name, hex.EncodeToString(sum[:]), l.warnings.sorted(name)
	return s, nil
}

// Read is Load from a reader, of which it takes no more than the largest file there may be.
func Read(name string, r io.Reader, o Options) (*Suite, error) {
	src, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return Load(name, src, o)
}

// BuiltinName is what problems call the built-in suite.
const BuiltinName = "built-in scenarios.yaml"

var builtin = sync.OnceValue(func() *node {
	n, problems := parse(BuiltinName, agentchaos.Suite)
	if len(problems) > 0 {
		panic(problems) // a test loads the suite
	}
	return n
})

// loader is one Load.
type loader struct {
	decoder
	name         string
	options      Options
	own, builtin *node
	isSuite      bool    // the file is the built-in suite itself
	ownScenarios *node   // the file's own `scenarios`; nil: it has none, and the built-in ones run
	ownPolicies  []entry // the file's own `policies`, without what --set copies there

	models    library[faults.Model]
	tools     library[tool]
	agents    library[agent]
	policies  library[policy]
	scenarios library[scenario]

	reviews []reviewed
	starved []starved // built-in gates that cannot pass
}

// library is the entries of one kind, decoded when they are first needed.
type library[T any] struct {
	scope
	section  *section[T]
	got      map[string]*T
	misnamed func(d *decoder, name at) bool // whether a name cannot be one, which it has said; nil: any can
	named    shape                          // what the JSON Schema says of names
}

// use is an entry by name; nil if it is not there or wrong, of which the second has been said.
func (lib *library[T]) use(d *decoder, name string) *T {
	if t, ok := lib.got[name]; ok {
		return t
	}
	if lib.got == nil {
		lib.got = map[string]*T{}
	}
	lib.got[name] = nil
	n := lib.entry(d, name)
	if n == nil {
		return nil
	}
	before, t := len(d.problems), new(T)
	if n.shape == nullNode {
		d.fail(lib.own.keyNode(name), join(lib.plural, name), "is empty", "")
	} else {
		lib.section.read(d, at{n, join(lib.plural, name)}, t)
	}
	if len(d.problems) == before {
		lib.got[name] = t
	}
	return lib.got[name]
}

// ref is an entry that a place in the file names; what is wrong with the name is said there.
func (lib *library[T]) ref(d *decoder, v at) *T {
	if !d.want(v, scalarNode, "the name of one of the "+lib.plural) {
		return nil
	}
	if lib.raw(v.text, false) == nil {
		d.fail(v.node, v.path, fmt.Sprintf("unknown %s %s", lib.singular, quote(v.text)), hintFor(v.text, lib.plural, lib.names()))
		return nil
	}
	return lib.use(d, v.text)
}

func (l *loader) scopes() []*scope {
	return []*scope{&l.models.scope, &l.tools.scope, &l.agents.scope, &l.policies.scope, &l.scenarios.scope}
}

// open gives the libraries their tables and entries.
func (l *loader) open() {
	l.models.section, l.tools.section, l.agents.section = modelSection(), toolSection(), agentSection(l)
	l.policies.section, l.scenarios.section = policySection(l), scenarioSection(l)
	l.models.misnamed, l.models.named = misnamedModel, modelNameShape
	for i, name := range [...][2]string{{"model", "models"}, {"tool", "tools"}, {"agent", "agents"}, {"policy", "policies"}, {"scenario", "scenarios"}} {
		s := l.scopes()[i]
		s.singular, s.plural = name[0], name[1]
		s.builtin = l.builtin.get(s.plural)
	}
}

// enter makes the file's own entries known.
func (l *loader) enter() {
	for _, s := range l.scopes() {
		if n := l.own.get(s.plural); n != nil && n.shape == mapNode {
			s.own = n
		}
	}
}
