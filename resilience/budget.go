package resilience

import (
	"math"
	"sync"
	"time"
)

// RetryBudget bounds the retries and hedge copies on a target, over all tasks: a retry is granted when the balance is at
// least 1, and the balance is
//
//	Ratio × first attempts of the last 10 s + MinPerSecond × 10 − retries and copies of the last 10 s
//
// The three parameters are Finagle's (RetryBudget.scala: 20 %, 10 a second, 10 s); the window is sliding and exact, an
// event of age 10 s no longer counts. A first attempt counts from when it begins, a retry from when it is granted, before
// its wait, and it is not given back when the retry is refused further in. Re-asks by [Repair] neither pay in nor draw: they
// have their own small bound, and starving them would not relieve a provider that is up and answering.
type RetryBudget struct {
	Ratio        float64 // retries per first attempt, such as 0.2; 0: none
	MinPerSecond float64 // retries a second that are there even without traffic, ten seconds' worth at once; 0: none
}

// budgetWindow is Finagle's time to live of a deposit.
const budgetWindow = 10 * time.Second

// grain is one retry in the integers that balances are kept in: 10 first attempts at 10 % are exactly one retry.
const grain = 1_000_000_000

// unbound is a ratio that refuses nothing, since a call has fewer attempts. More would not fit: what becomes of a number that
// an integer cannot hold is the processor's affair.
const unbound = 1000

// budget is the state of one target. A nil budget grants everything.
type budget struct {
	ratio, reserve int64 // in grains

	mu     sync.Mutex
	window window // a: first attempts, b: retries
}

func newBudget(s *RetryBudget) *budget {
	if s == nil {
		return nil
	}
	reserve := math.Round(s.MinPerSecond * budgetWindow.Seconds() * grain)
	return &budget{
		ratio: int64(math.Round(math.Min(s.Ratio, unbound) * grain)), reserve: int64(math.Min(reserve, math.MaxInt64/4)),
		window: window{width: budgetWindow},
	}
}

// deposit counts a first attempt.
func (b *budget) deposit(now time.Duration) {
	b.mu.Lock()
	b.window.add(now, 1, 0)
	b.mu.Unlock()
}

// spend asks for a retry.
func (b *budget) spend(now time.Duration) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.window.drop(now)
	if b.balance() < grain {
		return false
	}
	b.window.add(now, 0, 1)
	return true
}

func (b *budget) balance() int64 {
	return b.ratio*int64(b.window.a) + b.reserve - int64(b.window.b)*grain
}
