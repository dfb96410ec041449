package harness_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/report"
)

// door counts at the providers who goes in and who comes out, by target. It sees no record of an attempt.
type door struct {
	clock  agentchaos.Clock
	rooms  map[string]*room
	inside map[uint32][]*room // by task: where its attempts are
}

// room is a target as seen from its door.
type room struct {
	entered, inside int
	since           time.Duration // of the latest entry or exit
	area            time.Duration // how many have been inside, integrated over time until then
}

func newDoor() *door { return &door{rooms: map[string]*room{}, inside: map[uint32][]*room{}} }

// around is put around what plays the providers.
func (d *door) around(clock agentchaos.Clock, next agentchaos.Call) agentchaos.Call {
	d.clock = clock
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		x, task := d.rooms[req.Target], req.ID.Task
		if x == nil {
			x = &room{}
			d.rooms[req.Target] = x
		}
		x.entered++
		x.pass(1, clock.Now())
		d.inside[task] = append(d.inside[task], x)
		resp, err := next(ctx, req)
		x.pass(-1, clock.Now())
		i := slices.Index(d.inside[task], x)
		d.inside[task] = slices.Delete(d.inside[task], i, i+1)
		return resp, err
	}
}

// pass is an entry (+1) or an exit (-1).
func (x *room) pass(n int, now time.Duration) {
	x.area += time.Duration(x.inside) * (now - x.since)
	x.inside, x.since = x.inside+n, now
}

// hears is told every record. Who dies inside comes out of no door: all of the process's attempts are over.
func (d *door) hears(record any) {
	c, ok := record.(agentchaos.Change)
	if !ok || c.What != agentchaos.Crashed {
		return
	}
	for _, x := range d.inside[c.ID.Task] {
		x.pass(-1, d.clock.Now())
	}
	delete(d.inside, c.ID.Task)
}

// Little's law again, between two that know nothing of each other: how many are at a provider, integrated over time, as
// counted at its door while the run went on, is how many have been recorded there times how long each was there by its record,
// L·T = λT·W. Both are whole numbers of nanoseconds.
func littlesLawAtTheDoor(r *played) error {
	recorded, spent := map[string]int{}, map[string]time.Duration{}
	for _, a := range r.attempts {
		recorded[a.Target]++
		spent[a.Target] += a.End - a.Begin
	}
	for _, target := range slices.Sorted(maps.Keys(recorded)) {
		if r.door.rooms[target] == nil {
			return fmt.Errorf("nobody has come to %s, and %d attempts are recorded", target, recorded[target])
		}
	}
	total := time.Duration(0)
	for _, target := range slices.Sorted(maps.Keys(r.door.rooms)) {
		x := r.door.rooms[target]
		switch {
		case x.inside != 0:
			return fmt.Errorf("%d are still at %s", x.inside, target)
		case x.entered != recorded[target]:
			return fmt.Errorf("%d have come to %s, and %d attempts are recorded", x.entered, target, recorded[target])
		case x.area != spent[target]:
			return fmt.Errorf("at %s L·T is %v, λT·W %v", target, x.area, spent[target])
		}
		total += x.area
	}
	if sum := r.cell.Latency[report.AttemptLatency].Sum; total != sum {
		return fmt.Errorf("at all providers L·T is %v, and the report says %v", total, sum)
	}
	return nil
}
