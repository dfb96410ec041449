package sim

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// op is one thing that a coroutine of a random program does.
type op int

const (
	opSleep   op = iota // on the innermost context
	opOuter             // on the outermost
	opBound             // enter WithTimeout
	opSignal            // enter WithTimeout(Forever), which nobody may wait for without end
	opStd               // enter the standard library's WithCancel below WithValue
	opCancel            // cancel the innermost, and stay in it
	opLeave             // cancel the innermost and go back to its parent
	opSpawn             // start a coroutine in the innermost context
	opRemote            // start a coroutine that cancels the innermost later
	opForever           // sleep without end on a context with a deadline
	ops
)

// program is what a coroutine does; kids are the programs of those it starts.
type program struct {
	ops  []op
	kids []program
}

func programs(depth int) *rapid.Generator[program] {
	return rapid.Custom(func(t *rapid.T) program {
		p := program{ops: rapid.SliceOfN(rapid.Map(rapid.IntRange(0, int(ops)-1), func(i int) op { return op(i) }), 5, 20).Draw(t, "ops")}
		if depth > 0 {
			p.kids = rapid.SliceOfN(programs(depth-1), 1, 3).Draw(t, "kids")
		}
		return p
	})
}

// machine plays programs on a clock. All durations come from the place in the program, to the nanosecond, so that no two
// things of different coroutines ever fall together: ties are for golden tests, the wall's are luck.
type machine struct {
	agentchaos.Clock
	luck       agentchaos.Seed
	mu         sync.Mutex
	lines      []string
	coroutines sync.WaitGroup
}

func (m *machine) say(path string, step int, what string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lines = append(m.lines, fmt.Sprintf("%v %s.%d %s: %v", m.Now(), path, step, what, err))
}

func (m *machine) duration(path string, step int, what string) time.Duration {
	return time.Duration(m.luck.Derive(path).Derive(what).Nth(uint64(step)) % uint64(2*time.Second))
}

// scope is a context and how it is cancelled.
type scope struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (m *machine) start(path string, p program, ctx context.Context) {
	m.coroutines.Add(1)
	m.Go(func() {
		defer m.coroutines.Done()
		m.play(path, p, ctx)
	})
}

func (m *machine) play(path string, p program, ctx context.Context) {
	scopes := []scope{{ctx, func() {}}}
	defer func() {
		for _, s := range scopes {
			s.cancel()
		}
	}()
	kids := p.kids
	for i, o := range p.ops {
		// Every operation has an instant of its own.
		_ = m.Sleep(context.Background(), m.duration(path, i, "jitter"))
		in := scopes[len(scopes)-1]
		d := m.duration(path, i, "for")
		m.say(path, i, "sees", in.ctx.Err())
		switch o {
		case opSleep:
			m.say(path, i, "slept", m.Sleep(in.ctx, d))
		case opOuter:
			m.say(path, i, "slept outside", m.Sleep(scopes[0].ctx, d))
		case opBound:
			c, cancel := m.WithTimeout(in.ctx, 2*d)
			scopes = append(scopes, scope{c, cancel})
		case opSignal:
			c, cancel := m.WithTimeout(in.ctx, agentchaos.Forever)
			scopes = append(scopes, scope{c, cancel})
		case opStd:
			c, cancel := context.WithCancel(context.WithValue(in.ctx, key{}, path))
			scopes = append(scopes, scope{c, cancel})
		case opCancel:
			in.cancel()
			m.say(path, i, "cancelled", in.ctx.Err())
		case opLeave:
			if in.cancel(); len(scopes) > 1 {
				scopes = scopes[:len(scopes)-1]
			}
		case opSpawn:
			if len(kids) > 0 {
				m.start(fmt.Sprintf("%s/%d", path, i), kids[0], in.ctx)
				kids = kids[1:]
			}
		case opRemote:
			m.coroutines.Add(1)
			m.Go(func() {
				defer m.coroutines.Done()
				_ = m.Sleep(context.Background(), d)
				in.cancel()
			})
		case opForever:
			c, cancel := m.WithTimeout(in.ctx, d)
			m.say(path, i, "waited", m.Sleep(c, agentchaos.Forever))
			cancel()
		}
	}
	m.say(path, len(p.ops), "ends", ctx.Err())
}

func (m *machine) sorted() string {
	slices.Sort(m.lines)
	return strings.Join(m.lines, "\n")
}

// Go's own fake clock is the oracle: the same program on a World and on the Wall inside a bubble does the same at the same
// times. Only the order of the lines of one instant is left open, so they are compared sorted.
func TestAgreesWithSynctest(t *testing.T) {
	draws, lines := 0, 0
	seen := map[string]bool{}
	rapid.Check(t, func(r *rapid.T) {
		p := programs(2).Draw(r, "program")
		luck := agentchaos.Seed(rapid.Uint64().Draw(r, "luck"))

		w := New(Poison)
		virtual := &machine{Clock: w, luck: luck}
		w.GoAt(0, 1, func() { virtual.start("p", p, w.Background()) })
		require.NoError(r, w.Run())
		w.Close()

		var wall *machine
		synctest.Test(t, func(*testing.T) {
			wall = &machine{Clock: agentchaos.NewWall(), luck: luck}
			wall.start("p", p, context.Background())
			wall.coroutines.Wait()
		})
		require.Equal(r, wall.sorted(), virtual.sorted())

		draws++
		lines += len(wall.lines)
		for _, l := range wall.lines {
			seen[strings.Join(strings.Fields(l)[2:], " ")] = true
		}
	})
	t.Logf("%d draws, %d lines", draws, lines)
	for _, what := range []string{"slept: <nil>", "slept: context canceled", "slept: context deadline exceeded",
		"slept outside: context deadline exceeded", "waited: context canceled", "cancelled: context deadline exceeded"} {
		require.Contains(t, seen, what, "the programs reach it")
	}
}
