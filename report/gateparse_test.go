package report

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseGate(t *testing.T) {
	for expr, want := range map[string]Gate{
		"completion_rate >= 95%":                  {Metric: "completion_rate", Value: 0.95},
		" completion_rate>=0.95\n":                {Metric: "completion_rate", Value: 0.95},
		"completion_rate > 99.9%":                 {Metric: "completion_rate", Op: Above, Value: 0.999},
		"during faults served_rate >= 90%":        {Phase: During, Metric: "served_rate", Value: 0.9},
		"after  faults retry_rate < 1%":           {Phase: After, Metric: "retry_rate", Op: Below, Value: 0.01},
		"amplification <= 1.5":                    {Metric: "amplification", Op: AtMost, Value: 1.5},
		"mean_time_to_completion <= 1m30s":        {Metric: "mean_time_to_completion", Op: AtMost, Value: 90},
		"cost <= $0.05":                           {Metric: "cost", Op: AtMost, Value: 0.05},
		"cost_per_completed <= 0.05":              {Metric: "cost_per_completed", Op: AtMost, Value: 0.05},
		"duplicate_effects == 0":                  {Metric: "duplicate_effects", Op: Equal},
		"fired(rate_limit on primary) >= 1":       {Metric: "fired", Arg: "rate_limit on primary", Value: 1},
		"errors( quota ) == 0":                    {Metric: "errors", Arg: "quota", Op: Equal},
		"served_by(openai/gpt-4o-2024:x) >= 10%":  {Metric: "served_by", Arg: "openai/gpt-4o-2024:x", Value: 0.1},
		"p95(task_latency) <= 60s":                {Metric: "p95", Arg: "task_latency", Op: AtMost, Value: 60},
		"p99.9 (first_token) <= 250ms":            {Metric: "p99.9", Arg: "first_token", Op: AtMost, Value: 0.25},
		"mean(call_latency) < 2s":                 {Metric: "mean", Arg: "call_latency", Op: Below, Value: 2},
		"after faults max(attempt_latency) <= 1h": {Phase: After, Metric: "max", Arg: "attempt_latency", Op: AtMost, Value: 3600},
		"recovery_time <= 45s":                    {Metric: "recovery_time", Op: AtMost, Value: 45},
	} {
		got, err := ParseGate(expr)
		require.NoError(t, err, expr)
		source := got.Source
		got.Source = ""
		require.Equal(t, want, got, expr)
		back, err := ParseGate(source)
		require.NoError(t, err)
		require.Equal(t, source, back.String(), "blanks are made single once")
	}
	g, err := ParseGate("errors( quota )==0")
	require.NoError(t, err)
	require.Equal(t, "errors(quota) == 0", g.String())
	tau, ok := Gate{Metric: "p99.9"}.Tau()
	require.True(t, ok)
	require.Equal(t, 0.999, tau)
}

func TestParseGateErrors(t *testing.T) {
	for _, c := range []struct {
		expr   string
		offset int
		says   []string // in this order
	}{
		{"", 0, []string{"a metric is missing", "completion_rate"}},
		{">= 95%", 0, []string{"a metric is missing"}},
		{"completion_rate", 15, []string{"no comparison", "shell takes", "quote"}},
		{"anything", 8, []string{"no comparison", "shell takes", "quote"}},
		{"p95(task_latency)", 17, []string{"no comparison", "quote"}},
		{"completion_rate 95%", 16, []string{"no comparison", ">= <="}},
		{"completion_rate => 95%", 16, []string{`unknown comparison "=>"`}},
		{"completion_rate = 95%", 16, []string{`unknown comparison "="`}},
		{"completion_rate >=", 18, []string{"a value is missing", "95%"}},
		{"completion_rte >= 95%", 0, []string{`unknown metric "completion_rte"`, `did you mean "completion_rate"?`, "the metrics are", "pNN(H)"}},
		{"completion >= 95%", 0, []string{`unknown metric "completion"`, `did you mean "completion_rate"?`}},
		{"zz >= 1", 0, []string{`unknown metric "zz"`, "the metrics are"}},
		{"errors(over) == 0", 7, []string{`did you mean "overloaded"?`}},
		{"zzz >= 1", 0, []string{`unknown metric "zzz"`, "the metrics are"}},
		{"pNN(task_latency) <= 1s", 0, []string{"unknown metric"}},
		{"during storms x >= 1", 7, []string{`no "faults"`, "during faults"}},
		{"after", 5, []string{`no "faults"`}},
		{"during faults", 13, []string{"a metric is missing"}},
		{"after faults recovery_time <= 1s", 13, []string{"recovery_time is of the whole run", `leave out "after faults"`}},
		{"during faults breaker_open_share <= 1%", 14, []string{"breaker_open_share is of the whole run", `leave out "during faults"`}},
		{"completion_rate == 95%", 16, []string{"== goes with counts only"}},
		{"completion_rate >= 95", 19, []string{"more than the whole", "did you mean 95%?"}},
		{"completion_rate >= 101%", 19, []string{"more than the whole"}},
		{"completion_rate >= 95s", 19, []string{"not a share", "95%"}},
		{"completion_rate >= 95% and more", 19, []string{"not a share"}},
		{"completion_rate >= NaN", 19, []string{"not a share"}},
		{"completion_rate >= -1%", 19, []string{"below 0"}},
		{"amplification <= 150%", 17, []string{"not a plain number", "1.5"}},
		{"amplification <= 1" + strings.Repeat("0", 400), 17, []string{"not a plain number"}},
		{"cost <= 5%", 8, []string{"not an amount of money", "$0.05"}},
		{"p95(task_latency) <= 60", 21, []string{"not a duration", "did you mean 60s?"}},
		{"p95(task_latency) <= 1d", 21, []string{"not a duration", "1m30s"}},
		{"failed_tasks == 0.5", 16, []string{"not a whole number"}},
		{"failed_tasks == 5%", 16, []string{"not a whole number"}},
		{"p95 <= 60s", 4, []string{"p95 needs", "task_latency"}},
		{"p95(latency) <= 60s", 4, []string{`unknown latency "latency"`, "task_latency"}},
		{"p95(task_latncy) <= 60s", 4, []string{`did you mean "task_latency"?`}},
		{"p100(task_latency) <= 60s", 0, []string{"not between 0 and 100", "max(H)"}},
		{"p0(task_latency) <= 60s", 0, []string{"not between 0 and 100"}},
		{"errors(qota) == 0", 7, []string{`unknown kind of failure "qota"`, `did you mean "quota"?`}},
		{"errors() == 0", 7, []string{"needs a name"}},
		{"fired(x == 0", 12, []string{"closing"}},
		{"cost(x) <= 1", 4, []string{"takes nothing in parentheses"}},
		{"delta(completion_rate) >= 0%", 0, []string{"delta(METRIC) comes with compare, which this version does not have yet"}},
		{"pass^3 >= 90%", 0, []string{"pass^K comes with compare"}},
		{"cover(2) >= 100%", 0, []string{"cover(N) comes with exhaustive faults"}},
	} {
		_, err := ParseGate(c.expr)
		var e *GateError
		require.True(t, errors.As(err, &e), c.expr)
		require.Equal(t, c.expr, e.Expr)
		require.Equal(t, c.offset, e.Offset, c.expr)
		text := err.Error()
		for _, s := range c.says {
			at := strings.Index(text, s)
			require.GreaterOrEqual(t, at, 0, "%s: %q in\n%s", c.expr, s, text)
			text = text[at:]
		}
	}
}

func TestGateErrorPointsWithACaret(t *testing.T) {
	_, err := ParseGate("fired(größe) >\t1%")
	require.EqualError(t, err, `gate: "1%" is not a whole number
   fired(größe) > 1%
                  ^
   write a whole number, such as 0`)
}

// drawGate draws a gate that ParseGate could have read.
func drawGate(t *rapid.T) Gate {
	var g Gate
	info := rapid.SampledFrom(metricTable).Filter(func(m MetricInfo) bool { return m.Later == "" }).Draw(t, "metric")
	g.Metric = info.Name
	if info.Name == "pNN" {
		g.Metric = rapid.SampledFrom([]string{"p50", "p95", "p99.9", "p0.01"}).Draw(t, "quantile")
	}
	switch info.Arg {
	case "FAULT", "MODEL":
		g.Arg = rapid.StringMatching(`[a-z0-9*/:_-]{1,9}( [a-z/-]{1,5})?`).Draw(t, "arg")
	case "":
	default:
		g.Arg = rapid.SampledFrom(argNames(info)).Draw(t, "arg")
	}
	if !info.whole {
		g.Phase = rapid.SampledFrom([]Phase{Whole, During, After}).Draw(t, "phase")
	}
	g.Op = rapid.SampledFrom([]Op{AtLeast, AtMost, Above, Below}).Draw(t, "op")
	switch info.Unit {
	case UnitCount:
		g.Op = rapid.SampledFrom([]Op{AtLeast, AtMost, Above, Below, Equal}).Draw(t, "count op")
		g.Value = float64(rapid.Int64Range(0, 1<<53).Draw(t, "count"))
	case UnitShare:
		g.Value = rapid.Float64Range(0, 1).Draw(t, "share")
	case UnitDuration:
		g.Value = float64(rapid.Int64Range(0, 1<<52).Draw(t, "ns")) / 1e9
	default:
		g.Value = rapid.Float64Range(0, 1e6).Draw(t, "value")
	}
	return g
}

func TestGateRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGate(t)
		back, err := ParseGate(g.String())
		require.NoError(t, err, g.String())
		g.Source = g.String()
		require.Equal(t, g, back)
	})
}

func TestGateString(t *testing.T) {
	for want, g := range map[string]Gate{
		"completion_rate >= 99.9%":             {Metric: "completion_rate", Value: 0.999},
		"retry_rate <= 0.5%":                   {Metric: "retry_rate", Op: AtMost, Value: 0.005},
		"served_rate > 0%":                     {Metric: "served_rate", Op: Above},
		"served_rate >= 100%":                  {Metric: "served_rate", Value: 1},
		"p95(task_latency) <= 60s":             {Metric: "p95", Arg: "task_latency", Op: AtMost, Value: 60},
		"after faults p50(first_token) < 1.5s": {Phase: After, Metric: "p50", Arg: "first_token", Op: Below, Value: 1.5},
		"cost <= $0.05":                        {Metric: "cost", Op: AtMost, Value: 0.05},
		"errors(quota) == 0":                   {Metric: "errors", Arg: "quota", Op: Equal},
	} {
		require.Equal(t, want, g.String())
	}
}

func FuzzParseGate(f *testing.F) {
	for _, s := range []string{
		"completion_rate >= 95%", "during faults p99.9(task_latency) < 1m30s", "errors(quota) == 0", "cost <= $0.05",
		"fired(rate_limit on primary) >= 1", "after faults", "delta(x) >= 1", "p95(", ")>=<", "completion_rate", "pass^3 >= 1",
		"\xff\x00 >= 1%", "served_by(\u00a0a\u2003b) > 1%",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		g, err := ParseGate(expr)
		if err != nil {
			var e *GateError
			require.True(t, errors.As(err, &e))
			require.True(t, e.Offset >= 0 && e.Offset <= len(expr))
			require.NotEmpty(t, err.Error())
			return
		}
		back, err := ParseGate(g.String())
		require.NoError(t, err)
		require.Equal(t, g, back)
	})
}
