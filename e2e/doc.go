// Package e2e puts the vendors' own SDKs in front of the simulated providers of harness/wire: that every healthy answer is
// understood, and what each SDK makes of every fault. The latter is docs/sdk-behaviour.md, which the tests write and keep.
//
// It is a module of its own, so that nobody who uses agentchaos gets the SDKs as dependencies.
package e2e
