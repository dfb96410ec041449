package report

// Decidable reports whether a gate can pass at all with so many seeds, if not one task goes wrong, and how many seeds
// would do: 19 for completion_rate >= 99%, 2 for a mean, 1 for a count. need is 0 if no number of seeds would, as for
// completion_rate >= 100%: ask for failed_tasks == 0 instead.
//
// It supposes that a seed has at least o.PerSeed tasks; lower that to the number of tasks if it has fewer.
func Decidable(g Gate, seeds int, o Options) (ok bool, need int) {
	o = o.orDefault()
	info, _ := lookup(g.Metric)
	need = 2
	switch info.form {
	case formExact:
		need = 1
	case formProportion:
		need = seedsFor(g.Op, g.Value, o)
	case formQuantile:
		tau, _ := g.Tau()
		op := AtLeast
		if !g.Op.wantsLess() {
			op = AtMost
		}
		need = seedsFor(op, tau, o)
	}
	return need > 0 && seeds >= need, need
}

// seedsFor is how many perfect seeds decide a share.
func seedsFor(op Op, value float64, o Options) int {
	if op.wantsLess() {
		value = 1 - value
	}
	return perfectSeeds(value, o.Alpha, o.PerSeed)
}
