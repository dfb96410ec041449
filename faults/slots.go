package faults

import "math/bits"

// slots is capacity in closed form (Kiefer and Wolfowitz, 1955): for every slot, when it is next free. The length of a
// service is known when its request arrives, and with it every start, the length of the line and who finds it full. So
// nothing has to be released, and nothing can leak. The zero value is no limit.
type slots struct {
	free []slot  // a min-heap by (at, number)
	line moments // the starts of those who wait
	size int     // of the line

	counts bool    // somebody asks how many are at work
	ends   moments // then: of all who wait or are at work

	// By number of slot, and only where clients may leave; else nil.
	place []int    // in free
	last  []uint64 // the latest service in it
}

type slot struct {
	at     int64 // next free
	number int
}

func newSlots(c Capacity) slots {
	s := slots{size: c.Queue, counts: c.Slowdown > 0}
	for n := range c.Concurrency {
		s.free = append(s.free, slot{number: n})
	}
	if c.Abandoned == Cancel {
		s.place, s.last = make([]int, c.Concurrency), make([]uint64, c.Concurrency)
		for n := range s.place {
			s.place[n] = n
		}
	}
	return s
}

// start is when a request that comes now would begin; false: the line is full. A slot that is free from now on is free, and
// a request that begins now does not wait.
func (s *slots) start(now int64) (int64, bool) {
	if len(s.free) == 0 || s.free[0].at <= now {
		return now, true
	}
	s.line.forget(now)
	return s.free[0].at, s.line.len() < s.size
}

// atWork is how many of those who have been admitted will be at work at a moment that has not passed. Who ends then is not,
// who begins then is.
func (s *slots) atWork(now, moment int64) int {
	s.ends.forget(now)
	return s.ends.after(moment) - s.line.after(moment)
}

// occupy books the service of a request that [slots.start] has admitted. It gives the slot's number; -1: there is no limit.
func (s *slots) occupy(now, start, end int64, service uint64) int {
	if s.counts {
		s.ends.add(end)
	}
	if len(s.free) == 0 {
		return -1
	}
	if start > now {
		s.line.add(start)
	}
	number := s.free[0].number
	if s.last != nil {
		s.last[number] = service
	}
	s.down(slot{end, number})
	return number
}

// leave is the end of a service whose client has gone. Its place in the line is free; so is the rest of its time in the
// slot, unless somebody is scheduled behind it there.
func (s *slots) leave(now, start, end int64, number int, service uint64) {
	if now >= end {
		return
	}
	if s.counts {
		s.ends.remove(end)
	}
	if number < 0 {
		return
	}
	if now < start {
		s.line.remove(start)
	}
	if s.last[number] == service {
		s.up(s.place[number], slot{max(now, start), number})
	}
}

func (a slot) before(b slot) bool { return a.at < b.at || a.at == b.at && a.number < b.number }

// lessBit is 1 if a comes before b, else 0: before without a jump, since which of two slots it is nobody can guess. Neither
// field is negative.
func (a slot) lessBit(b slot) int {
	_, borrow := bits.Sub64(uint64(a.number), uint64(b.number), 0)
	_, borrow = bits.Sub64(uint64(a.at), uint64(b.at), borrow)
	return int(borrow)
}

func (s *slots) put(i int, x slot) {
	s.free[i] = x
	if s.place != nil {
		s.place[x.number] = i
	}
}

// up puts x at i and lets it rise to its place.
func (s *slots) up(i int, x slot) {
	for i > 0 && x.before(s.free[(i-1)/2]) {
		s.put(i, s.free[(i-1)/2])
		i = (i - 1) / 2
	}
	s.put(i, x)
}

// down puts x at the root and lets it fall to its place.
func (s *slots) down(x slot) {
	i := 0
	for {
		c := 2*i + 1
		if c+1 < len(s.free) {
			c += s.free[c+1].lessBit(s.free[c])
		} else if c >= len(s.free) {
			break
		}
		if !s.free[c].before(x) {
			break
		}
		s.put(i, s.free[c])
		i = c
	}
	s.put(i, x)
}
