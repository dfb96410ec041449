package serve

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/wire"
)

// mostStrangers is how many targets that no file names are told apart, longestName how long their names are: what clients
// make up must not fill the memory. Those above it are one.
const mostStrangers, longestName = 10_000, 200

// targets tells which target a request is for.
type targets struct {
	models map[string]faults.Model
	globs  []string            // longest first
	owners map[string][]string // by a model's name: the providers that have it by name
	mu     sync.Mutex
	labels map[string]string // of the strangers: the glob that they behave as
}

func newTargets(models map[string]faults.Model) *targets {
	t := &targets{models: models, owners: map[string][]string{}, labels: map[string]string{}}
	for name := range models {
		if strings.ContainsAny(name, `*?[\`) {
			t.globs = append(t.globs, name)
		} else if provider, model, ok := strings.Cut(name, "/"); ok {
			t.owners[model] = append(t.owners[model], provider)
		}
	}
	slices.SortFunc(t.globs, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return t
}

// names are the models that have a name, in order.
func (t *targets) names() (names []string) {
	for name := range t.models {
		if !slices.Contains(t.globs, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// of is the target of a prompt: by the path's provider, else by what stands before a slash in the model, else by the model's name
// alone, the format's vendor first.
func (t *targets) of(p *wire.Prompt) string {
	if p.Provider != "" {
		if strings.HasPrefix(p.Model, p.Provider+"/") {
			return t.known(p.Model)
		}
		return t.known(p.Provider + "/" + p.Model)
	}
	own := wire.DefaultTarget(p)
	if own == p.Model {
		return t.known(own)
	}
	if _, ok := t.models[own]; ok {
		return own
	}
	if others := t.owners[p.Model]; len(others) == 1 {
		return others[0] + "/" + p.Model
	}
	return t.known(own)
}

// known is the target itself, unless it is one stranger too many.
func (t *targets) known(target string) string {
	if _, ok := t.models[target]; ok {
		return target
	}
	if len(target) > longestName {
		return t.glob(target)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.labels[target]; ok {
		return target
	}
	if len(t.labels) >= mostStrangers {
		return t.glob(target)
	}
	t.labels[strings.Clone(target)] = t.glob(target)
	return target
}

// other is every target of which no file says how it behaves.
const other = "other"

// glob is the name that a stranger behaves as.
func (t *targets) glob(target string) string {
	for _, g := range t.globs {
		if ok, _ := path.Match(g, target); ok {
			return g
		}
	}
	return other
}

// label is what a target is called in metrics: one of few.
func (t *targets) label(target string) string {
	if _, ok := t.models[target]; ok {
		return target
	}
	t.mu.Lock()
	label, ok := t.labels[target]
	t.mu.Unlock()
	if ok {
		return label
	}
	return t.glob(target)
}

// dialect is the one that a target's scripts are written in.
func (t *targets) dialect(target string) agentchaos.Dialect {
	m, ok := t.models[target]
	if !ok {
		m = t.models[t.label(target)]
	}
	if m.Dialect != agentchaos.Plain {
		return m.Dialect
	}
	return agentchaos.DialectOf(target)
}
