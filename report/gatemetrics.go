package report

// Unit is what a metric is measured in, and how the VALUE of its gates is written.
type Unit uint8

// The units.
const (
	UnitNumber   Unit = iota // 1.25
	UnitShare                // 0 to 1; written 95% or 0.95
	UnitDuration             // seconds; written 60s, 1m30s
	UnitMoney                // US$; written $0.05 or 0.05
	UnitCount                // a whole number, exact
)

var unitNames = [...]string{"number", "share", "duration", "money", "count"}

// String is the unit in a word.
func (u Unit) String() string { return unitNames[u] }

// phrase is the unit as errors say it.
func (u Unit) phrase() string {
	return [...]string{"a plain number", "a share", "a duration", "an amount of money", "a whole number"}[u]
}

// form is how a metric is measured, and so what decides a gate on it.
type form uint8

const (
	formRatio      form = iota // Ratio: at least two seeds
	formProportion             // Proportion: as many seeds as the share asks for
	formQuantile               // Proportion at the gate's own x
	formExact                  // no interval
)

// MetricInfo describes a metric for people and files.
type MetricInfo struct {
	Name  string // "completion_rate"; "pNN" stands for all quantiles
	Arg   string // what its argument is: KIND, MODEL, FAULT, H; "": it takes none
	Unit  Unit
	Help  string // a phrase
	Later string // the part of the product that brings it; "": it is there
	form  form
	whole bool // of the whole run: it has no phases
}

var metricTable = []MetricInfo{
	{Name: "completion_rate", Unit: UnitShare, form: formProportion, Help: "tasks completed, of all tasks"},
	{Name: "served_rate", Unit: UnitShare, form: formProportion, Help: "tasks completed, degraded or partial, of all tasks"},
	{Name: "degraded_rate", Unit: UnitShare, form: formProportion, Help: "tasks whose answer has a caveat, of all tasks"},
	{Name: "partial_rate", Unit: UnitShare, form: formProportion, Help: "tasks that gave what was done when their time was up, of all tasks"},
	{Name: "quality_completion", Unit: UnitShare, Help: "tasks completed, each weighted by the quality of the models that answered it"},
	{Name: "mean_time_to_completion", Unit: UnitDuration, Help: "mean latency of completed tasks"},
	{Name: "retry_rate", Unit: UnitShare, form: formProportion, Help: "calls that needed a retry, of all calls"},
	{Name: "amplification", Unit: UnitNumber, Help: "attempts for each call"},
	{Name: "fallback_rate", Unit: UnitShare, form: formProportion, Help: "answered model calls that another than the chain's first model answered"},
	{Name: "duplicate_effects", Unit: UnitCount, form: formExact, Help: "side effects done twice"},
	{Name: "lost_effects", Unit: UnitCount, form: formExact, Help: "side effects of completed tasks that are not there"},
	{Name: "crashes", Unit: UnitCount, form: formExact, Help: "crashes of the agent's process"},
	{Name: "resumes", Unit: UnitCount, form: formExact, Help: "restarted processes that went on with their task"},
	{Name: "redone_steps", Unit: UnitCount, form: formExact, Help: "steps done again that were done before a crash"},
	{Name: "restart_time", Unit: UnitDuration, Help: "time a task lost to restarts, over all tasks"},
	{Name: "store_failures", Unit: UnitCount, form: formExact, Help: "operations of the agent's store that failed"},
	{Name: "cost", Unit: UnitMoney, Help: "US$ a task"},
	{Name: "wasted_cost", Unit: UnitMoney, Help: "US$ a task, on attempts whose answer was not used"},
	{Name: "cost_per_completed", Unit: UnitMoney, Help: "US$ a completed task"},
	{Name: "breaker_open_share", Unit: UnitShare, whole: true, Help: "time that breakers were open, of all time of the whole run"},
	{Name: "probes", Unit: UnitCount, form: formExact, Help: "attempts let through by half-open breakers"},
	{Name: "recovery_time", Unit: UnitDuration, form: formExact, whole: true, Help: "from the end of the last fault until tasks complete again, in every seed"},
	{Name: "away_time", Unit: UnitDuration, form: formExact, whole: true, Help: "the longest, in any seed, that others answered for the first model of a chain"},
	{Name: "early_retries", Unit: UnitCount, form: formExact, Help: "retries before a Retry-After had run out"},
	{Name: "hopeless_retries", Unit: UnitCount, form: formExact, Help: "retries after a failure that does not pass"},
	{Name: "truncated_answers", Unit: UnitCount, form: formExact, Help: "incomplete answers taken for whole"},
	{Name: "failed_tasks", Unit: UnitCount, form: formExact, Help: "tasks that failed"},
	{Name: "fired", Arg: "FAULT", Unit: UnitCount, form: formExact, Help: "attempts that the fault changed"},
	{Name: "errors", Arg: "KIND", Unit: UnitCount, form: formExact, Help: "attempts that ended so; of a refusal calls, of store_* operations of the store"},
	{Name: "served_by", Arg: "MODEL", Unit: UnitShare, form: formProportion, Help: "answered model calls that the model answered"},
	{Name: "mean", Arg: "H", Unit: UnitDuration, Help: "mean of a latency"},
	{Name: "pNN", Arg: "H", Unit: UnitDuration, form: formQuantile, Help: "quantile of a latency: p50, p95, p99.9"},
	{Name: "max", Arg: "H", Unit: UnitDuration, form: formExact, Help: "longest of a latency"},
	{Name: "delta", Arg: "METRIC", Later: "compare", Help: "change against the base"},
	{Name: "pass^K", Unit: UnitShare, Later: "compare", Help: "tasks that pass K times of K"},
	{Name: "cover", Arg: "N", Unit: UnitShare, Later: "exhaustive faults", Help: "combinations of N faults survived"},
}

var histogramNames = []string{"task_latency", "call_latency", "attempt_latency", "first_token"}

// Metrics are all metrics a gate can name, in the order of reports. Those with Later are known and not there yet.
func Metrics() []MetricInfo { return append([]MetricInfo(nil), metricTable...) }

// Histograms are the names that stand for H in mean(H), pNN(H) and max(H).
func Histograms() []string { return append([]string(nil), histogramNames...) }

// lookup finds a metric by the name a gate uses.
func lookup(name string) (MetricInfo, bool) {
	_, isQuantile := parseQuantile(name)
	for _, m := range metricTable {
		switch m.Name {
		case name:
			if name != "pNN" {
				return m, true
			}
		case "pNN":
			if isQuantile {
				return m, true
			}
		case "pass^K":
			if len(name) > 5 && name[:5] == "pass^" {
				return m, true
			}
		}
	}
	return MetricInfo{}, false
}
