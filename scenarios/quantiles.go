package scenarios

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/agentchaos/agentchaos"
)

var quantileKey = regexp.MustCompile(`^p([0-9]{1,2}(\.[0-9]{1,6})?)$`)

// exponentialKey is the key that stands in place of a table.
const exponentialKey = "exponential"

// isQuantile reports whether a key belongs to a quantile table.
func isQuantile(key string) bool { return key == "max" || quantileKey.MatchString(key) }

type quantile struct {
	agentchaos.Point
	v at
}

// quantiles reads a latency: one duration, {exponential: MEAN}, or a table {p0, p50, …, max}.
func (d *decoder) quantiles(v at) (agentchaos.Quantiles, bool) {
	var none agentchaos.Quantiles
	if v.shape == scalarNode {
		t, ok := d.duration(v)
		return agentchaos.Constant(int64(t)), ok
	}
	if !d.want(v, mapNode, "a duration, a table such as {p50: 1s, p99: 4s, max: 6s}, or {exponential: 1s}") {
		return none, false
	}
	if v.get(exponentialKey) != nil {
		return d.exponential(v)
	}
	return d.table(v, 0, "such as {p50: 1s, p99: 4s, max: 6s}", func(v at) (int64, bool) {
		t, ok := d.duration(v)
		return int64(t), ok
	})
}

// table reads a quantile table of values that read reads, not below low. p0 left out is half of p50, max left out is the
// highest given.
func (d *decoder) table(v at, low int64, example string, read func(at) (int64, bool)) (none agentchaos.Quantiles, ok bool) {
	points, good := d.points(v, example, read)
	if !good {
		return none, false
	}
	sort.SliceStable(points, func(i, j int) bool { return points[i].P < points[j].P })
	if points[0].P != 0 {
		half := at{v.get("p50"), v.path}
		if half.node == nil {
			d.fail(v.node, v.path, "a quantile table needs p50, or p0", "p0 left out is half of p50")
			return none, false
		}
		mid, _ := read(half)
		points = append([]quantile{{agentchaos.Point{P: 0, Value: max(low, mid/2)}, half}}, points...)
	}
	if last := points[len(points)-1]; last.P != 1 {
		points = append(points, quantile{agentchaos.Point{P: 1, Value: last.Value}, last.v})
	}
	table := make([]agentchaos.Point, len(points))
	for i, p := range points {
		table[i] = p.Point
		if i > 0 && p.Value < table[i-1].Value {
			hint := "a quantile table must not fall"
			if v.get("p0") == nil && i == 1 {
				hint = "p0 left out is half of p50: give it"
			}
			d.fail(p.v.node, p.v.path, fmt.Sprintf("%s is less than the value at the quantile before", p.v.text), hint)
			return none, false
		}
	}
	q, err := agentchaos.NewQuantiles(table...)
	if err != nil {
		d.fail(v.node, v.path, err.Error(), "")
	}
	return q, err == nil
}

// exponential reads a latency of which the mean is given.
func (d *decoder) exponential(v at) (agentchaos.Quantiles, bool) {
	for _, e := range v.entries {
		if !ignored(e.key.text) && e.key.text != exponentialKey {
			d.fail(e.key, v.path, fmt.Sprintf("%s beside \"exponential\"", quote(e.key.text)), "an exponential latency has a mean and nothing else: {exponential: 1s}")
			return agentchaos.Quantiles{}, false
		}
	}
	mean, ok := d.duration(v.child(exponentialKey))
	return agentchaos.Exponential(int64(mean)).Quantiles(), ok
}

func (d *decoder) points(v at, example string, read func(at) (int64, bool)) (out []quantile, good bool) {
	good = true
	for _, e := range v.entries {
		if ignored(e.key.text) {
			continue
		}
		p := 1.0
		if m := quantileKey.FindStringSubmatch(e.key.text); m != nil {
			p, _ = strconv.ParseFloat(m[1], 64)
			p /= 100
		} else if e.key.text != "max" {
			hint := "the keys of a quantile table are p0, p50, p99.9 and the like, and max; or it is {exponential: MEAN}"
			if strings.HasPrefix(e.key.text, "p100") {
				hint = `did you mean "max"?`
			}
			if Near(e.key.text, []string{exponentialKey}) != "" {
				hint = `did you mean "exponential"?`
			}
			d.fail(e.key, v.path, fmt.Sprintf("unknown key %q", e.key.text), hint)
			good = false
			continue
		}
		child := v.child(e.key.text)
		t, ok := read(child)
		good = good && ok
		out = append(out, quantile{agentchaos.Point{P: p, Value: t}, child})
	}
	if len(out) == 0 && good {
		d.fail(v.node, v.path, "an empty quantile table", example)
		good = false
	}
	return out, good
}
