package sim

import (
	"context"
	"time"

	"github.com/agentchaos/agentchaos"
)

// hedgedTask is a small program that uses all of the clock: nested timeouts, a signal, a copy that is started late and a
// loser that is cancelled, children of the standard library, deferred code.
func (s *script) hedgedTask(task uint32) {
	defer s.say("%d: deferred code runs", task)
	ctx, cancel := s.WithTimeout(s.Background(), 600*time.Millisecond)
	defer cancel()
	for step := range 3 {
		s.say("%d: step %d: %v", task, step, s.hedged(ctx, task, time.Duration(step+1)*200*time.Millisecond))
	}
	std, stop := context.WithCancel(context.WithValue(s.Background(), key{}, task))
	s.Go(func() { _ = s.pause(time.Duration(task) * time.Millisecond); stop() })
	s.say("%d: %v", task, s.Sleep(std, time.Second))
}

// hedged sleeps for d in one coroutine, and from 150 ms on for 100 ms in another; the first of the two ends the call.
func (s *script) hedged(ctx context.Context, task uint32, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	both, cancel := s.WithTimeout(ctx, agentchaos.Forever)
	defer cancel()
	answered, answer := s.WithTimeout(ctx, agentchaos.Forever)
	defer answer()
	try := func(name string, d time.Duration) func() {
		return func() {
			defer s.say("%d: %s is over", task, name)
			if s.Sleep(both, d) == nil {
				s.say("%d: %s answers", task, name)
				answer()
				cancel()
			}
		}
	}
	s.Go(try("first", d))
	early, stop := s.WithTimeout(answered, 150*time.Millisecond)
	defer stop()
	_ = s.Sleep(early, agentchaos.Forever)
	if answered.Err() == nil {
		s.Go(try("copy", 100*time.Millisecond))
		_ = s.Sleep(answered, agentchaos.Forever)
	}
	return ctx.Err()
}

// play starts five tasks that arrive in two bursts.
func (s *script) play() {
	s.GoAt(0, 0, func() {
		for _, task := range []uint32{3, 1, 2, 5, 4} {
			s.GoAt(s.Now(), task, func() { s.hedgedTask(task) })
			_ = s.pause(time.Duration(task/3) * 50 * time.Millisecond)
		}
	})
}
