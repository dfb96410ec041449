package report

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVerdictWords(t *testing.T) {
	for v, words := range map[Verdict][2]string{
		None: {"-", "none"}, Pass: {"pass", "pass"}, Fail: {"FAIL", "fail"},
		Inconclusive: {"inconclusive", "inconclusive"}, NoData: {"no data", "no_data"},
	} {
		require.Equal(t, words[0], v.String())
		text, err := json.Marshal(v)
		require.NoError(t, err)
		require.Equal(t, `"`+words[1]+`"`, string(text))
		var back Verdict
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, v, back)
	}
	require.Error(t, new(Verdict).UnmarshalText([]byte("FAIL")))
}

func TestOverallAndExit(t *testing.T) {
	for _, c := range []struct {
		all  []Verdict
		want Verdict
		exit int
	}{
		{nil, None, 0},
		{[]Verdict{None, None}, None, 0},
		{[]Verdict{Pass, None}, Pass, 0},
		{[]Verdict{Pass, NoData}, NoData, 3},
		{[]Verdict{NoData, Inconclusive, Pass}, Inconclusive, 3},
		{[]Verdict{Inconclusive, Fail, NoData}, Fail, 1},
	} {
		require.Equal(t, c.want, Overall(c.all...))
		require.Equal(t, c.exit, Overall(c.all...).Exit())
	}
}

// An interval that ends on the value holds for >= and <=, not for > and <.
func TestAgainst(t *testing.T) {
	at := func(low, high float64) Interval {
		return Interval{Value: (low + high) / 2, Low: low, High: high, Known: true, Bounded: true}
	}
	for _, c := range []struct {
		op        Op
		low, high float64
		want      Verdict
	}{
		{AtLeast, 5, 6, Pass}, {AtLeast, 4, 5, Inconclusive}, {AtLeast, 3, 4.9, Fail},
		{Above, 5, 6, Inconclusive}, {Above, 5.1, 6, Pass}, {Above, 4, 5, Fail},
		{AtMost, 4, 5, Pass}, {AtMost, 5, 6, Inconclusive}, {AtMost, 5.1, 6, Fail},
		{Below, 4, 5, Inconclusive}, {Below, 4, 4.9, Pass}, {Below, 5, 6, Fail},
	} {
		require.Equal(t, c.want, against(c.op, 5, at(c.low, c.high)), "%v %+v", c.op, c)
	}
	require.Equal(t, NoData, against(AtLeast, 5, Interval{}))
	require.Equal(t, Inconclusive, against(AtLeast, 5, Interval{Value: 9, Known: true, Seeds: 1}))
}
