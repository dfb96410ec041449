package report

import "math"

// looks are the numbers of seeds at which a run that goes on until it is settled judges its gates.
var looks = [...]int{20, 40, 80, 160, 320, 640}

// Looks are the numbers of seeds worth suggesting: 20, 40, 80, 160, 320, 640.
func Looks() []int { return append([]int(nil), looks[:]...) }

// margin is the normal quantile of 80 %: the number of seeds is meant to settle a gate in four runs of five.
const margin = 0.84

// SettleProportion is how many seeds would settle whether the share lies above or below the value (STATISTICS §5),
// if further seeds are like these: a number of [Looks] above the number of seeds there are, or 0, "more than 640: the
// metric sits on the threshold". A single seed shows no variation, so its answer is a least one.
func SettleProportion(success, total []int64, value, alpha, perSeed float64) int {
	t := newTally(success, total)
	if t.seeds == 0 {
		return looks[0]
	}
	return firstLook(t.seeds, func(n int) bool {
		p, z := t.share(), t.effective(float64(n)/float64(t.seeds))
		se := float64(margin * math.Sqrt(p*(1-p)/min(z.all, z.worth)))
		if p > value {
			low, _ := z.limits(max(p-se, value), n, alpha, perSeed)
			return low > value
		}
		_, high := z.limits(min(p+se, value), n, alpha, perSeed)
		return high < value
	})
}

// SettleRatio is [SettleProportion] for [Ratio]: the smallest n with (t + 0.84)·s/√n within the distance of the logs.
func SettleRatio(num, den []float64, value, alpha float64) int {
	r := newRatios(num, den)
	if r.seeds == 0 || r.den <= 0 || r.num <= 0 || value <= 0 {
		return looks[0]
	}
	s := math.Sqrt(r.variance*float64(r.seeds)) / r.value()
	distance := math.Abs(math.Log(r.value() / value))
	return firstLook(r.seeds, func(n int) bool {
		return distance > 0 && (studentQuantile(1-float64(alpha/2), n)+margin)*s/math.Sqrt(float64(n)) <= distance
	})
}

// firstLook is the first look above n at which the gate would be settled; 0: none.
func firstLook(n int, settled func(int) bool) int {
	for _, l := range looks {
		if l > n && settled(l) {
			return l
		}
	}
	return 0
}

// perfectSeeds is how many seeds without a single failure put the lower limit of a share at or above the value; 0: no
// number does. There is no interval below two.
func perfectSeeds(value, alpha, perSeed float64) int {
	switch {
	case value >= 1:
		return 0
	case value <= 0:
		return 2
	}
	n := math.Ceil(math.Log(alpha/2) / math.Log(value) / perSeed)
	if n > 1e9 { // nobody runs them, and an int may not hold them
		return 0
	}
	return max(2, int(n))
}

// Needed is the smallest observed share that passes `>= value` at so many seeds, if the seeds differ no more than the cap
// of perSeed tasks already allows for (with more variation between seeds it takes more). ok is false if not even
// perfect seeds pass.
func Needed(value float64, seeds int, alpha, perSeed float64) (share float64, ok bool) {
	k := perSeed * float64(seeds)
	if seeds < 2 || clopperPearsonLow(1, k, alpha) < value {
		return 0, false
	}
	low, high := value, 1.0
	for range 60 {
		if mid := (low + high) / 2; clopperPearsonLow(mid, k, alpha) >= value {
			high = mid
		} else {
			low = mid
		}
	}
	return high, true
}
