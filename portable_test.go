package agentchaos_test

import (
	"bufio"
	"bytes"
	"go/ast"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What decides is the same on every processor: no product is fused with a sum, which some of them round once and others
// twice, and no function of package math is called that has code of its own for some of them.

// exactMath are the names of package math that have one right answer, to the last bit, everywhere.
var exactMath = []string{
	"Abs", "Ceil", "Floor", "Trunc", "Round", "RoundToEven", "Frexp", "Ldexp", "Min", "Max", "Copysign", "Sqrt",
	"Inf", "IsInf", "NaN", "IsNaN", "Signbit", "Float64bits", "Float64frombits", "Float32bits",
	"Ln2", "Sqrt2", "MaxInt32", "MaxInt64", "MinInt64", "MaxUint8", "MaxUint16", "MaxUint32", "MaxUint64", "MaxFloat64",
}

// intervalFiles may call the others too: intervals, and how many seeds they would need, are compared to nine digits.
var intervalFiles = []string{"report/proportion.go", "report/ratio.go", "report/settle.go", "report/worst.go"}

func TestPortableMath(t *testing.T) {
	for _, s := range sources(t) {
		if slices.Contains(intervalFiles, s.name) {
			continue
		}
		name := ""
		for _, i := range s.file.Imports {
			switch p, _ := strconv.Unquote(i.Path.Value); {
			case p == "math" && i.Name != nil:
				name = i.Name.Name
			case p == "math":
				name = "math"
			case p == "math/cmplx" || p == "math/big" && s.dir != "scenarios" && s.dir != "harness/author":
				t.Errorf("%s imports %s", s.name, p)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == name && !slices.Contains(exactMath, sel.Sel.Name) {
					t.Errorf("%s: math.%s may differ in its last bits between processors: see shapemath.go", s.fset.Position(n.Pos()), sel.Sel.Name)
				}
			}
			return true
		})
	}
}

// fused are the instructions that multiply and add with one rounding; line is how the compiler's listing names where an
// instruction comes from.
var (
	fused = regexp.MustCompile(`^(V?FN?M(ADD|SUB)|WFN?M[AS][DS]B|XSN?M(ADD|SUB))`)
	line  = regexp.MustCompile(`^\t0x[0-9a-f]+ \d+ \(([^)]+)\)\t(\S+)`)
)

// fusing are processors on which the compiler fuses unless it is told not to, and an instruction that shows that it has
// compiled products at all.
var fusing = map[string]string{"arm64": "FMULD", "s390x": "FMUL"}

// The compiler says itself what it has fused: this reads its listing of every package of the house. The cure for what it
// finds is float64(x*y) + z. What is inlined of other modules is not ours to mend, and is an interval's.
func TestPortableNothingIsFused(t *testing.T) {
	sources(t) // so that the test's result is not taken from the cache when a file of another package has changed
	for _, arch := range slices.Sorted(maps.Keys(fusing)) {
		args := []string{"build", "-trimpath", "-gcflags=-S"}
		for _, dir := range slices.Sorted(maps.Keys(house)) {
			args = append(args, "./"+dir)
		}
		build := exec.Command("go", args...)
		build.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+arch, "CGO_ENABLED=0", "GOFLAGS=")
		listing, err := build.CombinedOutput()
		require.NoError(t, err, "%s", tail(listing))
		instructions, products := 0, 0
		for s := bufio.NewScanner(bytes.NewReader(listing)); s.Scan(); {
			m := line.FindSubmatch(s.Bytes())
			if m == nil {
				continue
			}
			instructions++
			if string(m[2]) == fusing[arch] {
				products++
			}
			if fused.Match(m[2]) && strings.HasPrefix(string(m[1]), module) {
				t.Errorf("%s: a product and a sum are fused into %s on %s: write float64(x*y) + z", m[1], m[2], arch)
			}
		}
		require.Greater(t, instructions, 100_000, "%s on %s gives no listing", arch, runtime.GOARCH)
		require.NotZero(t, products, arch)
	}
}

func tail(b []byte) []byte { return b[max(0, len(b)-2000):] }
