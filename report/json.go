package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/agentchaos/agentchaos"
)

// number is a value as files hold it: nine significant digits. What is not finite is null.
type number float64

// MarshalJSON writes the number.
func (n number) MarshalJSON() ([]byte, error) {
	v := nine(float64(n))
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
}

// optional is a number or null.
func optional(v *float64) any {
	if v == nil {
		return nil
	}
	return number(*v)
}

type object = map[string]any

// JSON writes the report as JSON with sorted keys (CONTRACT §4), indented by two blanks. Cells are what files need to be
// merged and compared; standard output goes without.
func (r *Report) JSON(w io.Writer, cells bool) error {
	o := object{
		"version": 1, "agentchaos": r.Version, "file": object{"name": r.File, "sha256": r.SHA256},
		"settings": object{
			"first_seed": r.Settings.FirstSeed, "seeds": r.Settings.Seeds, "level": number(r.level()),
			"max_hidden_loss": number(r.hiddenLoss()), "max_away": number(r.maxAway().Seconds()), "args": r.Args,
			"quick": r.Quick, "allow_inconclusive": r.Allow, "interrupted": r.Interrupted,
		},
		"verdict": r.Verdict(), "exit": r.Exit(), "scenarios": r.scenariosJSON(), "warnings": list(r.Warnings),
	}
	if r.Shard != nil {
		o["shard"] = object{"i": r.Shard.I, "n": r.Shard.N}
	}
	arms, gates := []any{}, []any{}
	for i := range r.Arms {
		arms = append(arms, r.Arms[i].json(cells))
	}
	for i := range r.Gates {
		gates = append(gates, r.Gates[i].json())
	}
	o["arms"], o["gates"] = arms, gates
	b, err := json.Marshal(o)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, b, "", "  "); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err = w.Write(flatten(out.Bytes()))
	return err
}

func (r *Report) level() float64 {
	if r.Settings.Level == 0 {
		return 0.95
	}
	return r.Settings.Level
}

func (r *Report) hiddenLoss() float64 {
	if r.Settings.HiddenLoss == 0 {
		return 0.05
	}
	return r.Settings.HiddenLoss
}

func (r *Report) scenariosJSON() []any {
	out := []any{}
	for _, s := range r.Scenarios {
		out = append(out, object{"name": s.Name, "about": s.About, "faults": list(s.Faults)})
	}
	return out
}

// list is never null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func (a *Arm) json(cells bool) object {
	o := object{
		"scenario": a.Scenario, "policy": a.Policy, "seeds": list(a.Seeds()), "tasks": a.Total.Counts[Tasks],
		"metrics": a.metricsJSON(), "counts": a.countsJSON(), "errors": a.errorsJSON(), "latency": a.latencyJSON(),
	}
	served := object{}
	for _, s := range a.Total.Served {
		served[s.Model] = s.Calls
	}
	faults := []any{}
	for _, f := range a.Total.Faults {
		faults = append(faults, encodeFault(f))
	}
	o["served_by"], o["faults"] = served, faults
	if cells {
		o["cells"] = list(a.Cells)
	}
	return o
}

func (a *Arm) metricsJSON() object {
	o := object{}
	for _, m := range a.Metrics {
		v := object{"value": nil, "low": nil, "high": nil}
		if m.Interval.Known {
			v["value"] = number(m.Interval.Value)
		}
		if m.Interval.Bounded {
			v["low"], v["high"] = number(m.Interval.Low), number(m.Interval.High)
		}
		if m.Name == "recovery_time" && m.Interval.Known {
			v["worst"], v["never"] = number(m.Worst), m.Never
		}
		o[m.Name] = v
	}
	return o
}

func (a *Arm) countsJSON() object {
	o := object{}
	for i, v := range a.Total.Counts {
		if c := Count(i); !c.sum() {
			o[c.String()] = v
		}
	}
	return o
}

func (a *Arm) errorsJSON() object {
	o := object{}
	for k := agentchaos.RateLimit; int(k) < agentchaos.Kinds; k++ {
		if e := a.Total.errors(int(k)); e != (errorJSON{}) {
			o[k.String()] = e
		}
	}
	return o
}

func (a *Arm) latencyJSON() object {
	o := object{}
	for i, h := range a.Total.Latency {
		v := object{"count": h.Count, "clipped": h.Clipped}
		for _, q := range quantileNames {
			v[q.name] = nil
		}
		v["mean"], v["max"] = nil, nil
		if h.Count > 0 {
			v["mean"], v["max"] = number(seconds(int64(h.Sum))/float64(h.Count)), number(seconds(int64(h.Max)))
			for _, q := range quantileNames {
				v[q.name] = number(seconds(int64(h.Quantile(q.tau))))
			}
		}
		o[latencyNames[i]] = v
	}
	return o
}

var quantileNames = []struct {
	name string
	tau  float64
}{{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}}

func (g *GateResult) json() object {
	o := object{
		"scenario": g.Scenario, "policy": g.Policy, "gate": g.Gate, "verdict": g.Verdict, "unit": g.Unit.String(),
		"value": optional(g.Value), "low": optional(g.Low), "high": optional(g.High),
		"seeds": g.Seeds, "settle_seeds": g.Settle, "why": g.Why, "worst": nil,
	}
	if g.OfWhat != "" {
		o["of"], o["of_what"] = g.Of, g.OfWhat
	}
	if g.WorstValue != nil {
		o["worst_value"] = number(*g.WorstValue)
	}
	if g.Never > 0 {
		o["never"] = g.Never
	}
	if g.Unfired {
		o["unfired"] = true
	}
	if g.Spread > 0 {
		o["spread"] = object{"seed": g.SpreadSeed, "part": number(g.Spread)}
	}
	if w := g.Worst; w != nil {
		o["worst"] = object{
			"seed": w.Seed, "task": w.Task, "latency": number(seconds(int64(w.Latency))), "outcome": w.Outcome.String(),
			"kind": kindName(w.Kind), "step": w.Step, "attempts": w.Attempts, "fault": w.Fault, "hits": w.Hits, "score": w.Score,
		}
	}
	return o
}

// decodeTree reads any JSON without losing digits.
func decodeTree(b []byte) (any, error) {
	var tree any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	err := d.Decode(&tree)
	return tree, err
}

// strict decodes b into v; unknown keys are errors.
func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	return nil
}
