package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/agentchaos/agentchaos/report"
)

// starved is a gate of the built-in suite that cannot pass with the seeds or the assumption that the file sets.
type starved struct {
	gate  string // with its scenario and policy
	need  int    // seeds that would do; 0: no number
	tasks *node  // the file's own key that sets the tasks of its scenario; nil: there is none
}

// undecidable warns of a gate that cannot pass, whatever happens. Who uses built-in scenarios cannot change their gates,
// and is told of all of them together.
func (l *loader) undecidable(s *Suite, r *reviewed, a reviewedArm, g placed) {
	perSeed := 1 / s.HiddenLoss
	if r.out.Tasks > 0 && r.out.Duration == 0 {
		perSeed = math.Min(perSeed, float64(r.out.Tasks))
	}
	ok, need := report.Decidable(g.Gate, s.Seeds, report.Options{PerSeed: perSeed})
	if ok {
		return
	}
	if need = atLook(need); g.v.src.name != BuiltinName && !l.isSuite {
		l.warn(g.v.node, g.v.path, fmt.Sprintf("%s cannot pass with %s, not even if nothing goes wrong", quote(g.String()), many(s.Seeds, "seed")), enough(need))
		return
	}
	x := starved{gate: fmt.Sprintf("%s of %s, %s", quote(g.String()), r.out.Name, a.name), need: need}
	if n := r.place.keyNode("tasks"); r.place.get("tasks") != nil && n.src.name != BuiltinName {
		x.tasks = n
	}
	l.starved = append(l.starved, x)
}

// atLook is the number of seeds to suggest for a need: what a run will suggest too. Beyond the last look it is the need.
func atLook(need int) int {
	for _, n := range report.Looks() {
		if need > 0 && need <= n {
			return n
		}
	}
	return need
}

func enough(need int) string {
	if need == 0 {
		return "no number of seeds shows that something never happens: gate a count, such as failed_tasks == 0"
	}
	return fmt.Sprintf("%d seeds would do: --seeds %d", need, need)
}

// tooFewSeeds says once what the file's own seeds, or what else it sets, do to built-in gates.
func (l *loader) tooFewSeeds(s *Suite) {
	if len(l.starved) == 0 {
		return
	}
	place, path := l.cause(s)
	if place == nil {
		return
	}
	need := 0
	for _, x := range l.starved {
		need = max(need, x.need)
	}
	l.warn(place, path, fmt.Sprintf("%s of the built-in scenarios cannot pass with %s, not even if nothing goes wrong: such as %s",
		many(len(l.starved), "gate"), many(s.Seeds, "seed"), l.starved[0].gate), enough(need))
}

// cause is the place of what the user set that built-in gates cannot be decided with; nil: nothing.
func (l *loader) cause(s *Suite) (*node, string) {
	if n := l.options.Seeds; n > 0 {
		return flagNode(fmt.Sprintf("--seeds %d", n)), ""
	}
	keys := []string{"seeds", "max_hidden_loss"}
	if s.Seeds >= defaultSeeds {
		slices.Reverse(keys)
	}
	for _, key := range append(keys, "tasks") {
		if l.own.get(key) != nil && !l.isSuite {
			return l.own.keyNode(key), key
		}
	}
	if n := l.options.Tasks; n > 0 {
		return flagNode(fmt.Sprintf("--tasks %d", n)), ""
	}
	for _, x := range l.starved {
		if x.tasks != nil {
			return x.tasks, "tasks"
		}
	}
	return nil, ""
}

// flagNode is a place for what a flag says.
func flagNode(text string) *node {
	name, _, _ := strings.Cut(text, " ")
	return &node{shape: scalarNode, text: text, src: newSource(name, text), line: 1, col: 1, size: 1}
}
