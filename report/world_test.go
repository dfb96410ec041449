package report

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A world with a known answer (STATISTICS §6): in each seed attempts fail with a probability drawn from a beta
// distribution, and a task has so many attempts.
type betaFaults struct {
	rng         *rand.Rand
	order, from int // the fault rate is the order-th least of so many uniform draws, which is Beta(order, from+1−order)
	attempts    int
}

// cell counts completed tasks and attempts of m tasks.
func (w betaFaults) cell(m int) (completed, attempts int64) {
	u := make([]float64, w.from)
	for i := range u {
		u[i] = w.rng.Float64()
	}
	slices.Sort(u)
	fault := u[w.order-1]
	for range m {
		for a := range w.attempts {
			attempts++
			if w.rng.Float64() >= fault {
				completed++
				break
			} else if a == w.attempts-1 {
				break
			}
		}
	}
	return completed, attempts
}

// coverage is how often each of several intervals held the truth, and the mean of all estimates with its standard error.
type coverage struct{ korn, uncapped, tasks, amplification, pooled, mean, se float64 }

func (w betaFaults) coverage(replications, n, m int, truth, amplification float64) coverage {
	var c coverage
	hit := func(x *float64, low, high, truth float64) {
		if low <= truth && truth <= high {
			*x += 1 / float64(replications)
		}
	}
	var sum, squares float64
	for range replications {
		var completed, total []int64
		var attempts, tasks []float64
		all := 0.0
		for range n {
			ok, tries := w.cell(m)
			completed, total = append(completed, ok), append(total, int64(m))
			attempts, tasks = append(attempts, float64(tries)), append(tasks, float64(m))
			all += float64(tries)
		}
		k := Proportion(completed, total, 0.05, 20)
		hit(&c.korn, k.Low, k.High, truth)
		u := Proportion(completed, total, 0.05, math.Inf(1))
		hit(&c.uncapped, u.Low, u.High, truth)
		size := float64(n * m)
		hit(&c.tasks, clopperPearsonLow(k.Value, size, 0.05), 1-clopperPearsonLow(1-k.Value, size, 0.05), truth)
		r := Ratio(attempts, tasks, 0.05)
		hit(&c.amplification, r.Low, r.High, amplification)
		se := 1.96 * math.Sqrt(r.Value*(r.Value-1)/size) // as if each task were a world of its own
		hit(&c.pooled, r.Value-se, r.Value+se, amplification)
		sum += k.Value
		squares += k.Value * k.Value
	}
	reps := float64(replications)
	c.mean = sum / reps
	c.se = math.Sqrt((squares/reps - c.mean*c.mean) / reps)
	return c
}

// Our intervals hold the truth as often as they promise; intervals over pooled tasks do not, so the test can fail.
func TestCoverageOfAKnownWorld(t *testing.T) {
	w := betaFaults{rng: rand.New(rand.NewPCG(1, 2)), order: 2, from: 9, attempts: 3}
	truth, amplification := 1-2.0*3*4/(10*11*12), 1+2.0/10+6.0/110
	c := w.coverage(300, 20, 100, truth, amplification)
	t.Logf("%+v", c)
	require.GreaterOrEqual(t, c.korn, 0.94)
	require.GreaterOrEqual(t, c.amplification, 0.90)
	require.Less(t, c.tasks, 0.88, "tasks as the sample")
	require.Less(t, c.pooled, 0.60, "tasks as the sample")
	require.InDelta(t, truth, c.mean, 4*c.se)
}

// In a milder world the interval without its cap is neither too short nor too long.
func TestCoverageWithoutTheCap(t *testing.T) {
	w := betaFaults{rng: rand.New(rand.NewPCG(3, 4)), order: 20, from: 99, attempts: 1}
	c := w.coverage(600, 20, 100, 0.8, 1)
	t.Logf("%+v", c)
	require.GreaterOrEqual(t, c.uncapped, 0.93)
	require.LessOrEqual(t, c.uncapped, 0.97)
	require.Less(t, c.tasks, 0.88, "tasks as the sample")
	require.InDelta(t, 0.8, c.mean, 4*c.se)
}
