package sim

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Everything below is due at one second. It is started in an order that is none of time, class, task and coroutine.
func TestTiesFallByClassThenTaskThenCoroutine(t *testing.T) {
	for name, option := range map[string]Option{"fast": func(*World) {}, "no fast path": noFastPath} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t, option)
			process := func(task uint32, wait time.Duration) func() {
				return func() {
					for n := range 2 { // two more coroutines; the later one sleeps first
						s.Go(func() {
							_ = s.pause(time.Duration(2-n) * 100 * time.Millisecond)
							_ = s.pause(time.Second - s.Now())
							s.say("task %d, coroutine %d has slept", task, n+1)
						})
					}
					ctx, cancel := s.WithTimeout(s.Background(), wait)
					defer cancel()
					s.say("task %d: %v", task, s.Sleep(ctx, time.Second))
				}
			}
			for _, task := range []uint32{9, 4, 7, 2} {
				s.GoAt(time.Second, task, func() { s.say("task %d arrives", task) })
			}
			s.GoAt(0, 8, process(8, time.Second))
			s.GoAt(0, 3, process(3, 2*time.Second))
			s.GoAt(0, 5, process(5, time.Second-1))
			s.GoAt(0, 6, func() {
				ctx, cancel := s.WithTimeout(s.Background(), time.Second)
				defer cancel()
				s.say("task 6: %v", s.Sleep(ctx, time.Hour))
			})
			s.GoAt(0, 1, func() {
				ctx, cancel := s.WithTimeout(s.Background(), time.Second)
				defer cancel()
				s.say("task 1: %v", s.Sleep(ctx, time.Second+1))
			})
			require.NoError(t, s.Run())
			require.Equal(t, golden(`
				999.999999ms task 5: context deadline exceeded
				1s task 3: <nil>
				1s task 3, coroutine 1 has slept
				1s task 3, coroutine 2 has slept
				1s task 5, coroutine 1 has slept
				1s task 5, coroutine 2 has slept
				1s task 8: <nil>
				1s task 8, coroutine 1 has slept
				1s task 8, coroutine 2 has slept
				1s task 1: context deadline exceeded
				1s task 6: context deadline exceeded
				1s task 2 arrives
				1s task 4 arrives
				1s task 7 arrives
				1s task 9 arrives`), s.text())
		})
	}
}

func TestProcessesOfTaskZeroRankAsTheyWereStarted(t *testing.T) {
	s := newScript(t)
	for i := range 5 {
		s.Go(func() { _ = s.pause(time.Duration(5 - i)); _ = s.pause(time.Duration(i)); s.say("%d", i) })
	}
	require.NoError(t, s.Run())
	require.Equal(t, golden("5ns 0\n5ns 1\n5ns 2\n5ns 3\n5ns 4"), s.text())
}

// Parent and child have one deadline. What the child's end sets off must not find the parent alive.
func TestClassNeverFallsWithinAnInstant(t *testing.T) {
	inside(t, func(s *script) {
		parent, cancel := s.WithTimeout(s.Background(), time.Second)
		defer cancel()
		child, cancelChild := s.WithTimeout(parent, time.Second)
		defer cancelChild()
		require.Error(t, s.Sleep(child, time.Minute))
		require.NoError(t, s.pause(0), "a completion, but within the class of deadlines")
		require.Error(t, parent.Err())
		late, cancelLate := s.WithTimeout(s.Background(), 5)
		defer cancelLate()
		require.NoError(t, s.Sleep(late, 5))
		require.NoError(t, late.Err(), "a new instant begins with completions again")
	})
}

// What a deadline wakes runs among the deadlines, in the order of tasks: not before those of lower tasks.
func TestWhatADeadlineSetsOffIsADeadline(t *testing.T) {
	s := newScript(t)
	signal, fire := s.WithTimeout(s.Background(), time.Hour)
	s.GoAt(0, 9, func() { s.say("9: %v", s.Sleep(signal, 2*time.Hour)) })
	for _, task := range []uint32{7, 3, 5} {
		s.GoAt(0, task, func() {
			ctx, cancel := s.WithTimeout(s.Background(), time.Second)
			defer cancel()
			s.say("%d: %v", task, s.Sleep(ctx, time.Minute))
			if task == 3 {
				fire()
			}
		})
	}
	require.NoError(t, s.Run())
	require.Equal(t, golden(`
		1s 3: context deadline exceeded
		1s 5: context deadline exceeded
		1s 7: context deadline exceeded
		1s 9: context canceled`), s.text())
}

// To have asked a context for Done costs an event at its deadline; nobody else may notice.
func TestDoneChannelDoesNotChangeTheOrder(t *testing.T) {
	play := func(ask bool) (string, uint64) {
		s := newScript(t)
		for _, task := range []uint32{4, 2, 3} {
			s.GoAt(0, task, func() {
				ctx, cancel := s.WithTimeout(s.Background(), time.Second)
				defer cancel()
				if ask && task != 2 {
					ctx.Done()
				}
				s.Go(func() { s.say("%d inner %v", task, s.Sleep(ctx, time.Minute)) })
				s.say("%d %v", task, s.Sleep(ctx, time.Minute))
			})
		}
		require.NoError(t, s.Run())
		return s.text(), s.Events()
	}
	plain, events := play(false)
	asked, askedEvents := play(true)
	require.Equal(t, plain, asked)
	require.Equal(t, events, askedEvents)
}

func TestQueueIsSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		var last *event
		for _, op := range rapid.SliceOfN(rapid.Uint64Range(0, 200), 0, 300).Draw(t, "ops") {
			if op > 120 && len(q) > 0 { // take one: nothing left is before it
				e := q.pop()
				for i := range q {
					require.False(t, q[i].before(&e))
				}
				continue
			}
			q.push(event{at: int64(op % 20), key: op})
		}
		for len(q) > 0 {
			e := q.pop()
			if last != nil {
				require.False(t, e.before(last))
			}
			last = &e
		}
	})
}

// Whoever is watched keeps the place that it would have had alone, and so do all others.
func TestWhatRunsBesideComesRightAfterItsCaller(t *testing.T) {
	lines := func(watched bool) string {
		s := newScript(t)
		s.GoAt(0, 1, func() {
			for n := range 3 {
				s.Go(func() {
					if watched && n == 1 {
						for range 2 {
							s.Beside(func() {
								_ = s.pause(time.Second)
								s.say("beside")
							})
						}
					}
					s.Go(func() {
						_ = s.pause(time.Second)
						s.say("started by %d", n)
					})
					_ = s.pause(time.Second)
					s.say("%d", n)
				})
			}
		})
		require.NoError(t, s.Run())
		return s.text()
	}
	alone := lines(false)
	require.Equal(t, golden(`
		1s 0
		1s 1
		1s 2
		1s started by 0
		1s started by 1
		1s started by 2
	`), alone)
	require.Equal(t, strings.Replace(alone, "1s 1\n", "1s 1\n1s beside\n1s beside\n", 1), lines(true))
}

// Of those that run beside one caller the order is that in which they were started, whatever its coroutine has done in a life before.
func TestBesideCountsAnewInEveryLife(t *testing.T) {
	s := newScript(t)
	s.GoAt(0, 1, func() {
		for range 14 {
			s.Beside(func() {})
		}
		_ = s.pause(time.Second)
	})
	require.NoError(t, s.Run())
	s.GoAt(time.Second, 2, func() {
		for _, name := range []string{"first", "second"} {
			s.Beside(func() {
				_ = s.pause(time.Second)
				s.say("%s", name)
			})
		}
	})
	require.NoError(t, s.Run())
	require.Equal(t, golden(`
		2s first
		2s second
	`), s.text())
}
