package report

import "github.com/agentchaos/agentchaos"

// meter is what is being counted for one phase of a cell. Targets and faults are places in the recorder's lists.
type meter struct {
	counts   [counts]int64
	attempts [agentchaos.Kinds]int64 // by how they ended
	failures [agentchaos.Kinds]int64 // tasks by their final failure
	refused  [agentchaos.Kinds]int64 // calls refused without an attempt
	store    [agentchaos.Kinds]int64 // operations of the agent's store that failed
	served   []int64                 // answered model calls by target
	faults   [][fates]int64
	latency  [latencies]*dense
}

func newMeter() *meter {
	m := &meter{}
	for i := range m.latency {
		m.latency[i] = newDense()
	}
	return m
}

// reset makes room for n faults and forgets everything; the memory stays.
func (m *meter) reset(n int) {
	for _, h := range m.latency {
		h.reset()
	}
	served, faults := m.served[:0], m.faults[:0]
	for range n {
		faults = append(faults, [fates]int64{})
	}
	*m = meter{latency: m.latency, served: served, faults: faults}
}

// serve counts a model call that target answered.
func (m *meter) serve(target int) {
	for len(m.served) <= target {
		m.served = append(m.served, 0)
	}
	m.served[target]++
}

// seal turns it into plain numbers under names and empties it.
func (m *meter) seal(targets []target, faults []string) Numbers {
	s := Numbers{Counts: m.counts, Attempts: m.attempts, Failures: m.failures, Refused: m.refused, Store: m.store}
	for i, n := range m.served {
		if n > 0 {
			s.Served = append(s.Served, Served{targets[i].name, n})
		}
	}
	sortServed(s.Served)
	for i, f := range m.faults {
		s.Faults = append(s.Faults, FaultCount{faults[i], f})
	}
	for i, h := range m.latency {
		s.Latency[i] = h.seal()
	}
	return s
}
