package report

import "io"

// Brief writes the verdict alone, and before it the gates that do not hold.
func (r *Report) Brief(w io.Writer, o TableOptions) error {
	t := &text{width: o.Width, color: o.Color}
	if t.width == 0 {
		t.width = 100
	}
	if v := r.Verdict(); v != Pass && v != None {
		r.gates(t)
		r.commands(t)
	}
	for _, s := range r.excuses() {
		t.add("warning: " + s)
	}
	t.add(r.lastLine())
	_, err := io.WriteString(w, t.String())
	return err
}

// CheckColumns reports the first name that is no column: what a gate may have on its left, but for the part of the run.
func CheckColumns(names []string) error {
	_, err := chosen(names, Options{}.orDefault())
	return err
}
