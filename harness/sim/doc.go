// Package sim is the virtual clock: an [agentchaos.Clock] on which a minute of backoff costs a microsecond and the same
// program gives the same bytes.
//
// A [World] runs simulated processes ([Group], one per task), each of one or more coroutines, one coroutine at a time. It
// takes the next event from a queue, moves time there, and lets its coroutine run until it sleeps again or ends.
//
// # Order
//
// Events run in the order (time, class, task, coroutine). The classes of one instant are completions (a sleep has ended),
// then deadlines, then arrivals (a new process); the task is the number given to [World.GoAt]; coroutines are numbered
// from 0 within their process, in the order in which it starts them. Who came first never matters, so how many events one
// task uses cannot change how the ties of the others fall. Class never falls within an instant: what a deadline sets off
// belongs to the class of deadlines too, so a child that has expired never sees its parent, with the same deadline, alive.
//
// # Boundaries
//
// A context is over when now > deadline, or now = deadline and the class is deadline or later: a sleep that ends at the
// very instant of its deadline has ended (<=). A timeout of 0 or less is over at once.
//
// # Rules for code inside
//
// Wait through the clock alone. A channel, a select, a WaitGroup or a mutex held across a Sleep stops the world without a
// diagnosis. A context belongs to the process that made it and is reused when that has ended; it must not be kept longer
// nor handed to another process ([Poison] finds who does). The standard library's WithValue, WithCancel and WithoutCancel
// work on virtual contexts and start no goroutine; its WithTimeout and WithDeadline do not, and Sleep panics on them.
// A test may use require inside a coroutine: FailNow ends the goroutine that called [World.Run].
//
// Only [World.Stop] may be called from another goroutine.
package sim
