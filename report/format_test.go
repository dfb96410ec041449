package report

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNumbersInTables(t *testing.T) {
	for v, want := range map[float64]string{
		1: "100", 0.99951: "99.95", 0.9999: "99.99", 0.99999: "99.999", 1 - 1e-12: ">99.99999", 0.5835: "58.4", 0: "0.0", 0.0001: "0.01", 1e-12: "<0.00001",
	} {
		require.Equal(t, want, percent(v))
	}
	for v, want := range map[float64]string{0: "0s", 0.0021: "2.1ms", 0.35: "350ms", 0.9999: "1.0s", 9.44: "9.4s", 180: "180.0s"} {
		require.Equal(t, want, duration(v))
	}
	for v, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 41318: "41,318", 1234567: "1,234,567"} {
		require.Equal(t, want, grouped(v))
	}
	require.Equal(t, "seeds 1-3, 9", seedList([]uint64{1, 2, 3, 9}))
	require.Equal(t, "seed 7", seedList([]uint64{7}))
	require.Equal(t, 0.123456789, nine(0.1234567891234))
}
