// Package faults simulates providers: how a healthy one behaves, what goes wrong with it, and the typed player that lets a
// client live through it.
//
// [New] makes the providers of one run from [Settings]. [Providers.Open] decides at once, as a value, what will happen to a
// request: first the faults are asked (every [Rule], in order), then the provider's own [Limits], then its [Capacity].
// [Play] makes such a decision real on a clock. Nothing here waits but Play, and nothing draws but by name: the same
// attempt has the same luck whatever order attempts come in and whatever other rules there are.
//
// A [Fault] is a settings struct in a file of its own; its Start gives it fresh state for one target of one run. When it
// strikes is the same for all kinds: [When].
package faults
