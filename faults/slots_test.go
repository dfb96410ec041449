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

// queue is a first-come first-served queue, event by event: a service ends, the next in line begins.
type queue struct {
	slots, size int
	running     []int64 // ends
	waiting     []int   // jobs
	service     []int64
	begun       map[int]int64
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
	q.begun[job] = at
	q.running = append(q.running, at+q.service[job])
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
		c := faults.Capacity{Concurrency: rapid.IntRange(1, 5).Draw(t, "slots"), Queue: rapid.IntRange(0, 6).Draw(t, "queue")}
		p, q := house(t, c), &queue{slots: c.Concurrency, size: c.Queue, begun: map[int]int64{}}
		now, got := int64(0), map[int]int64{}
		for i := range rapid.IntRange(1, 80).Draw(t, "jobs") {
			now += rapid.Int64Range(0, 4).Draw(t, "gap")
			service := rapid.Int64Range(0, 12).Draw(t, "service")
			s, ok := job(p, now, service), q.arrive(now, service)
			require.Equal(t, ok, s.End.Form == ac.Whole)
			if ok {
				got[i] = now + int64(s.Wait)
			} else {
				require.Equal(t, ac.Ending{Form: ac.Refuse, Kind: ac.Overloaded, Status: 529}, s.End, "at once, without a hint")
			}
		}
		q.advance(1 << 40)
		require.Equal(t, q.begun, got)
	})
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
	r.start[id], r.end[id], r.slot[id], r.last[slot], r.free[slot] = start, start+service, slot, id, start+service
	return true
}

func (r *reservations) leave(id int, now int64) {
	if now >= r.end[id] {
		return
	}
	if now < r.start[id] {
		r.gone[id] = true
	}
	if slot := r.slot[id]; r.last[slot] == id {
		r.free[slot] = max(now, r.start[id])
	}
}

func TestCancelledWorkMakesRoomForThoseWhoComeLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := faults.Capacity{Concurrency: rapid.IntRange(1, 4).Draw(t, "slots"), Queue: rapid.IntRange(0, 6).Draw(t, "queue"), Abandoned: faults.Cancel}
		p := house(t, c)
		r := &reservations{free: make([]int64, c.Concurrency), last: make([]int, c.Concurrency), queue: c.Queue,
			start: map[int]int64{}, end: map[int]int64{}, slot: map[int]int{}, gone: map[int]bool{}}
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
			}
		}
	})
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
