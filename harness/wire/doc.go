// Package wire speaks the calls of this module as HTTP: OpenAI Chat Completions, OpenAI Responses and Anthropic Messages,
// plain and streamed, tools included, and fails on the wire the way the vendors do.
//
// [Server] is the provider's side. It is an [http.Handler], so that an agent in any language can be pointed at it, and an
// [http.RoundTripper], so that a Go agent needs no socket and can live in virtual time or in a testing/synctest bubble. What
// it says is decided by an [agentchaos.Open] and an [Author]; when it says it, by the script.
//
// [Client] is the other side: an [agentchaos.Call] over any RoundTripper, stricter than the vendors' own SDKs. A stream that
// ends without its terminal event is truncated, a 200 that is not what it says is malformed. [Through] puts both together with
// a resilience stack in front of a real provider.
//
// The law of this package is that Client over Server is the typed player of the same script (faults.Play), for every Effect.
//
// Sources: the vendors' documentation and the recorded traffic of their SDKs, November 2026; each place names its own.
package wire
