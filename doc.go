// Package agentchaos is the vocabulary that every part of the harness agrees on.
//
// An AI agent's dependencies are all one shape: a [Call] takes a [Request] for a target (a model, a tool, a retrieval
// index) and gives a [Response] or an [Error] of one [Kind]. A [Middleware] wraps a Call; policies are middlewares.
// Time and concurrency come from a [Clock] alone, luck from a [Seed] alone, so the same code runs in virtual time
// (package harness/sim), where a minute of backoff costs a microsecond and the same seed gives the same bytes, and on
// the [Wall].
//
// What a simulated provider does to a request is decided at once, as a value: a [Script] with its [Effect]. Players make
// it real: as a typed call (package faults) or as bytes on a connection.
//
// The package imports the standard library only and nothing of this module; everything else imports it.
package agentchaos
