package scenarios

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/agentchaos/agentchaos/report"
)

// List writes what there is: the suite's scenarios and policies, the kinds of faults with their settings, the metrics.
func (s *Suite) List(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "SCENARIOS\n")
	var policies []Arm
	seen := map[string]bool{}
	for _, sc := range s.Scenarios {
		fmt.Fprintf(t, "  %s\t%s\n", sc.Name, sc.About)
		for _, a := range sc.Arms {
			if !seen[a.Policy] {
				policies = append(policies, a)
			}
			seen[a.Policy] = true
		}
	}
	fmt.Fprintf(t, "\nPOLICIES\n")
	for _, a := range policies {
		fmt.Fprintf(t, "  %s\t%s\n", a.Policy, strings.Join(a.Settings.Models, ", "))
	}
	fmt.Fprintf(t, "\nFAULTS\n")
	for _, k := range faultKinds {
		line := "  " + k.name + "\t" + k.doc + notThere(k.later)
		if len(k.settings) > 0 {
			line += "\t" + strings.Join(k.settings, ", ")
		}
		fmt.Fprintln(t, line)
	}
	fmt.Fprintf(t, "\nMETRICS\n")
	for _, m := range report.Metrics() {
		name := m.Name
		if m.Arg != "" {
			name += "(" + m.Arg + ")"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\n", name, m.Help+notThere(m.Later), m.Unit)
	}
	fmt.Fprintf(t, "\nH is one of %s\n", strings.Join(report.Histograms(), ", "))
	return t.Flush()
}

func notThere(later string) string {
	if later == "" {
		return ""
	}
	return " (not yet: comes with " + later + ")"
}
