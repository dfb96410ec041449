package scenarios

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/agentchaos/agentchaos/report"
)

// List writes what there is: the suite's scenarios and policies, the kinds of faults with their settings, the metrics.
func (s *Suite) List(w io.Writer) error {
	var page bytes.Buffer
	t := tabwriter.NewWriter(&page, 0, 0, 2, ' ', 0)
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
		extends := a.Extends
		if extends != "" {
			extends = "extends " + extends
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\n", a.Policy, strings.Join(a.Settings.Models, ", "), extends)
	}
	fmt.Fprintf(t, "\nFAULTS\n")
	for _, k := range faultKinds {
		fmt.Fprintf(t, "  %s\t%s\t%s\n", k.name, k.doc+notThere(k.later), strings.Join(k.settings, ", "))
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
	if err := t.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(page.String()) { // a row without its last cell is padded to it
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

func notThere(later string) string {
	if later == "" {
		return ""
	}
	return " (not yet: comes with " + later + ")"
}
