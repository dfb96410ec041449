package scenarios

import "github.com/agentchaos/agentchaos"

// counts reads a quantile table of whole numbers. p0 left out is half of p50, but not below low.
func (d *decoder) counts(v at, low, high int64) (agentchaos.Quantiles, bool) {
	return d.table(v, low, "such as {p50: 4, p99: 20}", func(v at) (int64, bool) { return d.whole(v, low, high) })
}
