package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"time"
)

// reportJSON is what [Read] needs of a file. Metrics, counts and the like are made anew from the cells.
type reportJSON struct {
	Version    int    `json:"version"`
	Agentchaos string `json:"agentchaos"`
	File       struct {
		Name   string `json:"name"`
		SHA256 string `json:"sha256"`
	} `json:"file"`
	Settings struct {
		FirstSeed   uint64  `json:"first_seed"`
		Seeds       int     `json:"seeds"`
		Level       float64 `json:"level"`
		HiddenLoss  float64 `json:"max_hidden_loss"`
		MaxAway     float64 `json:"max_away"`
		Args        string  `json:"args"`
		Quick       bool    `json:"quick"`
		Allow       bool    `json:"allow_inconclusive"`
		Interrupted bool    `json:"interrupted"`
	} `json:"settings"`
	Scenarios []struct {
		Name   string   `json:"name"`
		About  string   `json:"about"`
		Faults []string `json:"faults"`
	} `json:"scenarios"`
	Warnings []string `json:"warnings"`
	Shard    *struct {
		I int `json:"i"`
		N int `json:"n"`
	} `json:"shard"`
	Arms []struct {
		Scenario string `json:"scenario"`
		Policy   string `json:"policy"`
		Cells    []Cell `json:"cells"`
	} `json:"arms"`
	Gates []gateJSON `json:"gates"`
}

type gateJSON struct {
	Scenario   string   `json:"scenario"`
	Policy     string   `json:"policy"`
	Gate       string   `json:"gate"`
	Verdict    Verdict  `json:"verdict"`
	Unit       string   `json:"unit"`
	Value      *float64 `json:"value"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	Of         int64    `json:"of"`
	OfWhat     string   `json:"of_what"`
	WorstValue *float64 `json:"worst_value"`
	Never      int      `json:"never"`
	Seeds      int      `json:"seeds"`
	Settle     int      `json:"settle_seeds"`
	Unfired    bool     `json:"unfired"`
	Why        string   `json:"why"`
	Spread     struct {
		Seed uint64  `json:"seed"`
		Part float64 `json:"part"`
	} `json:"spread"`
	Worst *struct {
		Seed     uint64  `json:"seed"`
		Task     uint32  `json:"task"`
		Latency  float64 `json:"latency"`
		Outcome  string  `json:"outcome"`
		Kind     string  `json:"kind"`
		Step     uint16  `json:"step"`
		Attempts int64   `json:"attempts"`
		Fault    string  `json:"fault"`
		Hits     int64   `json:"hits"`
		Score    int64   `json:"score"`
	} `json:"worst"`
}

// Read reads a file that [Report.JSON] has written with its cells. A file of another version, or one without cells, is an
// error.
func Read(in io.Reader) (*Report, error) {
	var f reportJSON
	if err := json.NewDecoder(in).Decode(&f); err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	if f.Version != 1 {
		return nil, fmt.Errorf("results: version %d, and this agentchaos reads version 1", f.Version)
	}
	r := &Report{
		Version: f.Agentchaos, File: f.File.Name, SHA256: f.File.SHA256, Args: f.Settings.Args, Warnings: f.Warnings,
		Settings: Settings{f.Settings.FirstSeed, f.Settings.Seeds, f.Settings.Level, f.Settings.HiddenLoss, time.Duration(math.Round(f.Settings.MaxAway * 1e9))},
		Quick:    f.Settings.Quick, Allow: f.Settings.Allow, Interrupted: f.Settings.Interrupted,
	}
	if f.Shard != nil {
		r.Shard = &Shard{f.Shard.I, f.Shard.N}
	}
	for _, s := range f.Scenarios {
		r.Scenarios = append(r.Scenarios, Scenario{s.Name, s.About, s.Faults})
	}
	for _, a := range f.Arms {
		if a.Cells == nil {
			return nil, fmt.Errorf("results: %s %s has no cells: files written with -o have them", a.Scenario, a.Policy)
		}
		r.Arms = append(r.Arms, NewArm(a.Scenario, a.Policy, a.Cells, r.Settings.Options()))
	}
	for i := range f.Gates {
		g, err := f.Gates[i].result()
		if err != nil {
			return nil, fmt.Errorf("results: gate %q: %w", f.Gates[i].Gate, err)
		}
		r.Gates = append(r.Gates, g)
	}
	return r, nil
}

func (g *gateJSON) result() (GateResult, error) {
	out := GateResult{
		Scenario: g.Scenario, Policy: g.Policy, Gate: g.Gate, Verdict: g.Verdict, Value: g.Value, Low: g.Low, High: g.High,
		Of: g.Of, OfWhat: g.OfWhat, WorstValue: g.WorstValue, Never: g.Never, Seeds: g.Seeds, Settle: g.Settle, Unfired: g.Unfired, Why: g.Why,
		SpreadSeed: g.Spread.Seed, Spread: g.Spread.Part,
	}
	unit, err := place(unitNames[:], g.Unit)
	if err != nil {
		return out, err
	}
	out.Unit = Unit(unit)
	w := g.Worst
	if w == nil {
		return out, nil
	}
	o, err := parseOutcome(w.Outcome)
	if err != nil {
		return out, err
	}
	k, err := parseKind(w.Kind)
	if err != nil {
		return out, err
	}
	out.Worst = &WorstRef{w.Seed, WorstTask{
		Task: w.Task, Score: w.Score, Latency: time.Duration(float64(w.Latency*1e9) + 0.5), Outcome: o, Kind: k, Step: w.Step,
		Attempts: w.Attempts, Fault: w.Fault, Hits: w.Hits,
	}}
	return out, nil
}
