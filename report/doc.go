// Package report turns records into numbers, numbers into verdicts, and verdicts into files.
//
// A [Recorder] counts what happens in one cell (a scenario, a policy and a seed) and seals it as a [Cell]. The cells of
// one scenario and policy, one for each seed, are an arm. Its metrics are estimates with an [Interval], and [Judge] holds
// them against a [Gate] that [ParseGate] has read.
//
// # What an interval means here
//
// The unit of independence is the seed, never the task: tasks of one simulated world share its provider and its faults,
// and an interval over pooled tasks covered the truth in 28 % of worlds where it promised 95 %. So every interval is made
// of the variation between seeds: [Proportion] for shares, its inversion [Quantile] for quantiles, [Ratio] for ratios
// and means. They measure the luck of the simulation, not whether its model of the world is right.
//
// Twenty perfect seeds do not show that nothing can go wrong. [Proportion] supposes that an event which no seed has shown
// costs a seed at most max_hidden_loss (5 %) of its tasks, and [Unexcluded] says in how many worlds an event may occur
// without having been seen.
//
// What is counted exactly (failed_tasks, max) needs no interval: one violation fails, and its seed replays it.
package report
