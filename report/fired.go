package report

import "strings"

// meant reports whether a gate's fault is this one: by its name, "stall on primary", or by its kind, "stall".
func (f *FaultCount) meant(fault string) bool {
	return f.Fault == fault || strings.HasPrefix(f.Fault, fault+" on ")
}

// fired is how often a fault changed an attempt; of a kind, all faults of it.
func fired(n *Numbers, fault string) int64 {
	sum := int64(0)
	for i := range n.Faults {
		if f := &n.Faults[i]; f.meant(fault) {
			sum += f.Fired()
		}
	}
	return sum
}

// hasFault reports whether the arm's scenario has the fault. What is not there cannot fire, and that it did not shows nothing.
func (a *Arm) hasFault(fault string) bool {
	for i := range a.Total.Faults {
		if a.Total.Faults[i].meant(fault) {
			return true
		}
	}
	return false
}

// noFault says that the arm's scenario does not have the fault, and which it has.
func (a *Arm) noFault(fault string) string {
	if len(a.Total.Faults) == 0 {
		return "no fault is called " + fault + ": the scenario has none"
	}
	var names []string
	for _, f := range a.Total.Faults {
		names = append(names, f.Fault)
	}
	return "no fault is called " + fault + ": the scenario has " + strings.Join(names, ", ")
}
