package faults_test

import (
	"slices"
	"testing"
	"time"

	ac "github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// house makes a model whose answer of n tokens takes n nanoseconds.
func house(t require.TestingT, c faults.Capacity) *faults.Providers {
	p, err := faults.New(faults.Settings{Models: map[string]faults.Model{model: {PerToken: ac.Constant(1), Capacity: c}}})
	require.NoError(t, err)
	return p
}

func job(p *faults.Providers, now, service int64) ac.Script {
	return p.Open(time.Duration(now), &ac.Request{ID: ac.ID{Task: 1}, Target: model, Output: int(service)})
}

// queue is a first-come first-served queue, event by event: a service ends, the next in line begins, and is slowed by all
// that run then.
type queue struct {
	slots, size int
	slowdown    int64
	running     []int64 // ends
	waiting     []int   // jobs
	service     []int64
	begun       map[int]int64
	first       map[int]int64 // how long its first token took
}

func (q *queue) advance(now int64) {
	for len(q.running) > 0 && slices.Min(q.running) <= now {
		end := slices.Min(q.running)
		q.running = slices.Delete(q.running, slices.Index(q.running, end), slices.Index(q.running, end)+1)
		if len(q.waiting) > 0 {
			q.begin(q.waiting[0], end)
			q.waiting = q.waiting[1:]
		}
	}
}

func (q *queue) begin(job int, at int64) {
	n := int64(1)
	for _, end := range q.running {
		if end > at {
			n++
		}
	}
	q.begun[job], q.first[job] = at, q.slowdown*n
	q.running = append(q.running, at+q.first[job]+q.service[job])
}

// arrive reports whether the job is admitted.
func (q *queue) arrive(now, service int64) bool {
	q.advance(now)
	job := len(q.service)
	q.service = append(q.service, service)
	switch {
	case len(q.running) < q.slots:
		q.begin(job, now)
	case len(q.waiting) < q.size:
		q.waiting = append(q.waiting, job)
	default:
		return false
	}
	return true
}

func TestCapacityIsAQueueWithoutEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCapacity(t)
		p, q := house(t, c), &queue{slots: slotsOf(c), size: c.Queue, slowdown: int64(c.Slowdown), begun: map[int]int64{}, first: map[int]int64{}}
		now, got, first := int64(0), map[int]int64{}, map[int]int64{}
		for i := range rapid.IntRange(1, 80).Draw(t, "jobs") {
			now += rapid.Int64Range(0, 4).Draw(t, "gap")
			service := rapid.Int64Range(0, 12).Draw(t, "service")
			s, ok := job(p, now, service), q.arrive(now, service)
			require.Equal(t, ok, s.End.Form == ac.Whole)
			if ok {
				got[i], first[i] = now+int64(s.Wait), int64(s.First)
			} else {
				require.Equal(t, ac.Ending{Form: ac.Refuse, Kind: ac.Overloaded, Status: 529}, s.End, "at once, without a hint")
			}
		}
		q.advance(1 << 40)
		require.Equal(t, q.begun, got)
		require.Equal(t, q.first, first)
	})
}

// drawCapacity is a small provider, with a line or without, slowed by load or not.
func drawCapacity(t *rapid.T) faults.Capacity {
	c := faults.Capacity{Concurrency: rapid.IntRange(0, 5).Draw(t, "slots"), Slowdown: time.Duration(rapid.IntRange(0, 3).Draw(t, "slowdown"))}
	if c.Concurrency > 0 {
		c.Queue = rapid.IntRange(0, 6).Draw(t, "queue")
	}
	return c
}

// slotsOf is Concurrency as a number of slots.
func slotsOf(c faults.Capacity) int {
	if c.Concurrency == 0 {
		return 1000 // more than a test has jobs
	}
	return c.Concurrency
}

// reservations is capacity with clients that leave, from lists alone.
type reservations struct {
	free    []int64 // by slot
	last    []int   // the latest job of each slot
	start   map[int]int64
	end     map[int]int64
	slot    map[int]int
	gone    map[int]bool
	queue   int
	arrived int

	slowdown int64
	left     map[int]bool
	first    map[int]int64
}

func (r *reservations) atWork(at int64) (n int64) {
	for job, start := range r.start {
		if start <= at && at < r.end[job] && !r.left[job] {
			n++
		}
	}
	return n
}

func (r *reservations) arrive(now, service int64) bool {
	id, slot, waiting := r.arrived, 0, 0
	r.arrived++
	for i := range r.free {
		if r.free[i] < r.free[slot] {
			slot = i
		}
	}
	for job, start := range r.start {
		if start > now && !r.gone[job] {
			waiting++
		}
	}
	start := max(now, r.free[slot])
	if start > now && waiting >= r.queue {
		return false
	}
	r.first[id] = r.slowdown * (r.atWork(start) + 1)
	end := start + r.first[id] + service
	r.start[id], r.end[id], r.slot[id], r.last[slot], r.free[slot] = start, end, slot, id, end
	return true
}

func (r *reservations) leave(id int, now int64) {
	if now >= r.end[id] {
		return
	}
	r.left[id] = true
	if now < r.start[id] {
		r.gone[id] = true
	}
	if slot := r.slot[id]; r.last[slot] == id {
		r.free[slot] = max(now, r.start[id])
	}
}

func TestCancelledWorkMakesRoomForThoseWhoComeLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCapacity(t)
		c.Abandoned = faults.Cancel
		p := house(t, c)
		r := &reservations{free: make([]int64, slotsOf(c)), last: make([]int, slotsOf(c)), queue: c.Queue, slowdown: int64(c.Slowdown),
			start: map[int]int64{}, end: map[int]int64{}, slot: map[int]int{}, gone: map[int]bool{}, left: map[int]bool{}, first: map[int]int64{}}
		now := int64(0)
		inside := map[int]func(time.Duration){}
		for i := range rapid.IntRange(1, 60).Draw(t, "jobs") {
			now += rapid.Int64Range(0, 4).Draw(t, "gap")
			if ids := sortedKeys(inside); len(ids) > 0 && rapid.Bool().Draw(t, "leave?") {
				id := rapid.SampledFrom(ids).Draw(t, "who")
				inside[id](time.Duration(now))
				r.leave(id, now)
				delete(inside, id)
			}
			service := rapid.Int64Range(0, 12).Draw(t, "service")
			s, ok := job(p, now, service), r.arrive(now, service)
			require.Equal(t, ok, s.End.Form == ac.Whole)
			if ok {
				inside[i] = s.Leave
				// Which of several slots that have long been free is taken makes no difference, so compare starts only.
				require.Equal(t, r.start[i]-now, int64(s.Wait), "job %d", i)
				require.Equal(t, r.first[i], int64(s.First), "job %d", i)
			}
		}
	})
}

// Brooker's server: 1 s and 10 ms for each request at work, itself included.
func TestSlowdownCountsWhoIsAtWork(t *testing.T) {
	open := func(c faults.Capacity) func(now time.Duration) ac.Script {
		c.Slowdown = 10 * ms
		p := start(t, faults.Settings{Models: map[string]faults.Model{model: {FirstToken: ac.Constant(int64(time.Second)), Capacity: c}}})
		return func(now time.Duration) ac.Script { return p.Open(now, attempt(0)) }
	}
	for _, c := range []struct {
		abandoned faults.Abandoned
		first     time.Duration // of a fourth request, after the third has gone
	}{{faults.Run, 1040 * ms}, {faults.Cancel, 1030 * ms}} {
		at := open(faults.Capacity{Abandoned: c.abandoned})
		require.Equal(t, 1010*ms, at(0).First)
		require.Equal(t, 1020*ms, at(0).First)
		third := at(5 * ms)
		require.Equal(t, 1030*ms, third.First)
		if third.Leave != nil {
			third.Leave(7 * ms)
		}
		require.Equal(t, c.first, at(8*ms).First, c.abandoned.String())
		require.Equal(t, c.first, at(1010*ms).First, "who ends now is not at work any more")
		require.Equal(t, 1010*ms, at(time.Minute).First)
	}

	at := open(faults.Capacity{Concurrency: 1, Queue: 9})
	require.Equal(t, 1010*ms, at(0).First)
	for i := range 9 {
		s := at(0)
		require.Equal(t, 1010*ms, s.First, "who waits slows nobody")
		require.Equal(t, time.Duration(i+1)*1010*ms, s.Wait, "the longer service fills the capacity")
	}

	slow := start(t, faults.Settings{
		Models: map[string]faults.Model{model: {FirstToken: ac.Constant(int64(time.Second)), Capacity: faults.Capacity{Slowdown: 10 * ms}}},
		Rules:  []faults.Rule{on(model, broken, faults.When{First: 1}), on(model, faults.Slow{Factor: 3}, faults.When{After: 1})},
	})
	slow.Open(0, attempt(0)) // refused: it is never at work
	require.Equal(t, 3*1010*ms, slow.Open(0, attempt(0)).First)
}

func sortedKeys[V any](m map[int]V) []int {
	var keys []int
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func TestAbandonedWorkRunsOnUnlessCancelled(t *testing.T) {
	for _, c := range []struct {
		abandoned faults.Abandoned
		wait      int64
	}{{faults.Run, 90}, {faults.Cancel, 0}} {
		p := house(t, faults.Capacity{Concurrency: 1, Queue: 5, Abandoned: c.abandoned})
		s := job(p, 0, 100)
		if s.Leave != nil {
			s.Leave(10)
		}
		require.EqualValues(t, c.wait, job(p, 10, 100).Wait, c.abandoned.String())
	}
}

func TestOnlyWhoIsServedOccupiesASlot(t *testing.T) {
	s := faults.Settings{
		Models: map[string]faults.Model{model: {PerToken: ac.Constant(1), Capacity: faults.Capacity{Concurrency: 1}}},
		Rules: []faults.Rule{
			on(model, faults.Timeout{}, faults.When{First: 1}), on(model, faults.Refusal{Of: ac.Unavailable, Delay: time.Hour}, faults.When{After: 1, First: 1}),
			on(model, faults.Stall{At: new(.5)}, faults.When{After: 2}),
		},
	}
	p := start(t, s)
	require.Equal(t, ac.Silence, job(p, 0, 100).End.Form)
	require.Equal(t, ac.Unavailable, job(p, 0, 100).End.Kind)
	require.Equal(t, ac.Stall, job(p, 0, 100).End.Form)
	require.Equal(t, ac.Overloaded, job(p, 48, 100).End.Kind)
	require.Equal(t, ac.Stall, job(p, 50, 100).End.Form, "a stream that stalls gives its slot back when it stops")
}

// A window of slow is asked for when the work begins; every other fault's for when the request comes.
func TestSlowStrikesWorkThatBeginsInItsWindow(t *testing.T) {
	for _, c := range []struct {
		fault       faults.Fault
		from, until time.Duration
		struck      bool
	}{
		{faults.Slow{}, 0, 100, false}, {faults.Slow{}, 100, 101, true}, {faults.Slow{}, 101, 0, false},
		{broken, 10, 11, true}, {broken, 100, 101, false},
	} {
		p := start(t, faults.Settings{
			Models: map[string]faults.Model{model: {PerToken: ac.Constant(1), Capacity: faults.Capacity{Concurrency: 1, Queue: 1}}},
			Rules:  []faults.Rule{on(model, c.fault, faults.When{After: 1, From: c.from, Until: c.until})},
		})
		job(p, 0, 100)
		s := job(p, 10, 100) // begins at 100
		require.Equal(t, c.struck, s.End.By == 1 || s.SlowBy == 1, "%+v", c)
	}
}
