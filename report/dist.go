package report

import (
	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// The quantiles of the three distributions that the intervals need. All use of gonum is here.

// normalQuantile is the p-quantile of the standard normal distribution.
func normalQuantile(p float64) float64 { return distuv.UnitNormal.Quantile(p) }

// studentQuantile is the p-quantile of Student's t with n−1 degrees of freedom: of a mean of n ≥ 2 seeds.
func studentQuantile(p float64, n int) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.Quantile(p)
}

// betaQuantile is the p-quantile of the beta distribution with the shapes a > 0 and b > 0.
func betaQuantile(p, a, b float64) float64 { return mathext.InvRegIncBeta(a, b, p) }
