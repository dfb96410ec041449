package report_test

import (
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// A truth is a world whose answer is known: what a seed of it counts, and what an interval over some seeds must contain.
type truth struct {
	name  string // names its luck
	about string
	value float64                             // of the share or of the ratio, over all the seeds there could be
	draw  func(r *rand.Rand) (part, of int64) // what one seed counts
}

// perSeedTasks is how many tasks a seed has in the worlds of [shares].
const perSeedTasks = 500

// share is a world of tasks in whose seeds fail draws the probability of failure; its mean is 1 − value.
func share(name, about string, value float64, fail func(r *rand.Rand) float64) truth {
	return truth{name, about, value, func(r *rand.Rand) (part, of int64) {
		return perSeedTasks - binomial(r, perSeedTasks, fail(r)), perSeedTasks
	}}
}

// independent is a world in which seeds do not matter.
func independent(name string, value float64) truth {
	return share(name, "every task for itself", value, func(*rand.Rand) float64 { return 1 - value })
}

// clustered is a world in which tasks of one seed resemble each other: two of them correlate by icc. The probability of
// failure is beta-distributed.
func clustered(name, about string, value, icc float64) truth {
	return share(name, about, value, func(r *rand.Rand) float64 { return beta(r, 1-value, 1/icc-1) })
}

// outages is a world in which a part of the seeds has an outage that costs it a share of what healthy seeds complete: loss
// on average, and from seed to seed as a beta distribution with the shapes 20·loss and 20·(1−loss).
func outages(name, about string, healthy, part, loss float64) truth {
	return share(name, about, healthy*(1-part*loss), func(r *rand.Rand) float64 {
		if r.Float64() >= part {
			return 1 - healthy
		}
		return 1 - healthy*(1-beta(r, loss, 20))
	})
}

// beta draws from the beta distribution with a mean and the sum of its shapes.
func beta(r *rand.Rand, mean, sum float64) float64 {
	return distuv.Beta{Alpha: mean * sum, Beta: (1 - mean) * sum, Src: r}.Rand()
}

// shares are the seven worlds of STATISTICS §1. It gives no healthy level for those with outages, and says of the loss only
// its mean. 99.75 % and 99.95 %, and a loss that varies, are what its rows for other methods than ours (t, and KG without
// the cap and with 50) come out with; of a fixed loss, t would cover 89 % of out20 at 10 seeds, not its 78 %.
// Those rows leave 99.7 to 99.8 % open for out20; 99.75 % was taken looking at the row of KG-20 too, so that row's figure at
// 10 seeds (97.3, 96.0 and 94.3 for 99.7, 99.75 and 99.8 %) is no independent check.
var shares = []truth{
	independent("iid .99", 0.99),
	independent("iid .9999", 0.9999),
	clustered("bb .99 icc .01", "seeds differ a little", 0.99, 0.01),
	clustered("bb .99 icc .10", "seeds differ much", 0.99, 0.10),
	clustered("bb .999 icc .05", "few seeds have all the failures", 0.999, 0.05),
	outages("out20", "20% of the seeds lose 10% of their tasks", 0.9975, 0.20, 0.10),
	outages("out5", "5% of the seeds lose 30% of their tasks", 0.9995, 0.05, 0.30),
}

// boundary are the worlds of STATISTICS §1 with the truth exactly on the gate `completion_rate >= 99%`.
var boundary = []truth{
	independent("iid", 0.99),
	clustered("bb .01", "seeds differ a little", 0.99, 0.01),
	clustered("bb .10", "seeds differ much", 0.99, 0.10),
	outages("out20 gate", "20% of the seeds lose 4.5%", 0.99/(1-0.20*0.045), 0.20, 0.045),
	outages("out5 gate", "5% of the seeds lose 19%", 0.99/(1-0.05*0.19), 0.05, 0.19),
}

// The known-answer world of STATISTICS §6: in each seed attempts fail with a probability F, and a task has up to three of
// them. F is the second least of nine uniform draws, which is Beta(2, 8).
var (
	completed = truth{"beta faults", "", 1 - 2.0*3*4/(10*11*12), func(r *rand.Rand) (part, of int64) {
		done, _ := betaFaults(r, 2, 9, 3)
		return done, 100
	}}
	amplified = truth{"beta faults", "", 1 + 2.0/10 + 2.0*3/(10*11), func(r *rand.Rand) (part, of int64) {
		_, attempts := betaFaults(r, 2, 9, 3)
		return attempts, 100
	}}
	// mild is Beta(20, 80) and one attempt.
	mild = truth{"mild beta faults", "", 0.8, func(r *rand.Rand) (part, of int64) {
		done, _ := betaFaults(r, 20, 99, 1)
		return done, 100
	}}
)

// betaFaults plays a seed of 100 tasks.
func betaFaults(r *rand.Rand, order, draws, most int) (completed, attempts int64) {
	u := make([]float64, draws)
	for i := range u {
		u[i] = r.Float64()
	}
	slices.Sort(u)
	fail := u[order-1]
	for range 100 {
		for a := 1; a <= most; a++ {
			attempts++
			if r.Float64() >= fail {
				completed++
				break
			}
		}
	}
	return completed, attempts
}
