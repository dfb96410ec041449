package agentchaos_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/agentchaos/agentchaos"

// house is who may import what of ours, and which third-party modules. A package that is not listed here is not part of
// the house: add it on purpose.
var house = map[string]struct{ ours, third []string }{
	".":                      {},
	"faults":                 {ours: []string{"."}},
	"resilience":             {ours: []string{"."}},
	"resilience/sqlite":      {ours: []string{".", "resilience"}, third: []string{"modernc.org/sqlite"}},
	"resilience/storetest":   {ours: []string{".", "resilience"}, third: []string{"github.com/stretchr/testify", "pgregory.net/rapid"}},
	"report":                 {ours: []string{"."}, third: []string{"github.com/HdrHistogram/hdrhistogram-go", "github.com/olekukonko/tablewriter", "gonum.org/v1/gonum"}},
	"scenarios":              {ours: []string{".", "faults", "resilience", "report"}, third: []string{"github.com/goccy/go-yaml"}},
	"harness/sim":            {ours: []string{"."}},
	"internal/acceptance":    {},
	"harness/wire":           {ours: []string{"."}},
	"harness/author":         {ours: []string{".", "harness/wire", "scenarios"}},
	"harness/serve":          {ours: []string{".", "faults", "scenarios", "harness/wire", "harness/author"}, third: []string{"github.com/prometheus/client_golang"}},
	"harness":                {ours: []string{".", "harness/sim", "harness/wire", "scenarios", "faults", "resilience", "report"}},
	"examples/durable-agent": {ours: []string{".", "resilience", "resilience/sqlite"}, third: []string{"modernc.org/sqlite"}},
	"cmd/agentchaos":         {ours: []string{".", "harness", "harness/serve", "harness/wire", "scenarios", "faults", "resilience", "report"}, third: []string{"github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/schollz/progressbar/v3", "golang.org/x/term"}},
}

// oneFile are the modules that a single file of a package owns, so that replacing one is a change of one file.
var oneFile = []string{"github.com/HdrHistogram/hdrhistogram-go", "github.com/olekukonko/tablewriter", "gonum.org/v1/gonum", "github.com/schollz/progressbar/v3", "github.com/prometheus/client_golang", "modernc.org/sqlite"}

// wallFiles may read the real clock: the wall clock itself, and what shows people how long something took.
var wallFiles = []string{"wall.go", "cmd/agentchaos/progress.go"}

// banned are calls that would let the machine's clock or luck into a result.
var banned = map[string][]string{
	"time":         {"Now", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Since", "Until"},
	"context":      {"WithTimeout", "WithDeadline"},
	"math/rand":    nil, // nil: all of it
	"math/rand/v2": nil,
	"crypto/rand":  nil,
}

// noConcurrency are the packages whose code runs inside the virtual clock, where only the Clock may start or stop anything.
var noConcurrency = []string{"faults", "resilience"}

type source struct {
	dir, name string
	file      *ast.File
	fset      *token.FileSet
}

func sources(t *testing.T) []source {
	var all []source
	require.NoError(t, filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "bench" || d.Name() == "e2e" || p != "." && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, p, nil, parser.SkipObjectResolution)
		all = append(all, source{filepath.ToSlash(filepath.Dir(p)), filepath.ToSlash(p), f, fset})
		return err
	}))
	require.NotEmpty(t, all)
	return all
}

func imports(s source) (paths []string) {
	for _, i := range s.file.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		paths = append(paths, p)
	}
	return paths
}

func within(p string, modules []string) (string, bool) {
	for _, m := range modules {
		if p == m || strings.HasPrefix(p, m+"/") {
			return m, true
		}
	}
	return "", false
}

func TestHouseImportsPointDown(t *testing.T) {
	owners := map[string]map[string]bool{}
	for _, s := range sources(t) {
		room, ok := house[s.dir]
		if !ok {
			t.Errorf("%s: package %s is not in the house table", s.name, s.dir)
			continue
		}
		for _, p := range imports(s) {
			switch {
			case p == module || strings.HasPrefix(p, module+"/"):
				ours := strings.TrimPrefix(strings.TrimPrefix(p, module), "/")
				if ours == "" {
					ours = "."
				}
				if !slices.Contains(room.ours, ours) {
					t.Errorf("%s: package %s may not import %s", s.name, s.dir, p)
				}
			case strings.Contains(strings.Split(p, "/")[0], "."):
				m, ok := within(p, room.third)
				if !ok {
					t.Errorf("%s: package %s may not import %s", s.name, s.dir, p)
				}
				if slices.Contains(oneFile, m) {
					if owners[s.dir+" "+m] == nil {
						owners[s.dir+" "+m] = map[string]bool{}
					}
					owners[s.dir+" "+m][s.name] = true
				}
			}
		}
	}
	for what, files := range owners {
		require.Len(t, files, 1, "%s belongs in one file", what)
	}
}

func TestHouseBansTheMachinesClockAndLuck(t *testing.T) {
	for _, s := range sources(t) {
		if slices.Contains(wallFiles, s.name) {
			continue
		}
		names := map[string]string{} // local name → import path
		for _, i := range s.file.Imports {
			p, _ := strconv.Unquote(i.Path.Value)
			name := path.Base(strings.TrimSuffix(p, "/v2"))
			if i.Name != nil {
				name = i.Name.Name
			}
			names[name] = p
			if calls, ok := banned[p]; ok && calls == nil {
				t.Errorf("%s imports %s: draw from an agentchaos.Seed", s.name, p)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(banned[names[x.Name]], sel.Sel.Name) {
					t.Errorf("%s: %s.%s: use the run's Clock", s.fset.Position(n.Pos()), x.Name, sel.Sel.Name)
				}
				return true
			}
			return true
		})
	}
}

func TestHouseLeavesConcurrencyToTheClock(t *testing.T) {
	for _, s := range sources(t) {
		if !slices.Contains(noConcurrency, s.dir) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			what := ""
			switch n := n.(type) {
			case *ast.GoStmt:
				what = "a go statement"
			case *ast.SelectStmt:
				what = "a select"
			case *ast.ChanType, *ast.SendStmt:
				what = "a channel"
			case *ast.SelectorExpr:
				x, ok := n.X.(*ast.Ident)
				if ok && (x.Name == "sync" && n.Sel.Name != "Mutex" || x.Name == "context" && n.Sel.Name == "AfterFunc") {
					what = x.Name + "." + n.Sel.Name
				}
			}
			if what != "" {
				t.Errorf("%s: %s would stop a virtual world without a diagnosis: use Clock", s.fset.Position(n.Pos()), what)
			}
			return true
		})
	}
}
