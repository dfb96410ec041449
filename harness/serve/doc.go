// Package serve puts a scenario's simulated providers behind a real address, in wall time: what [wire.Server] says, with the
// scenario's faults, the identity of attempts, metrics, logs, and limits that a hostile client does not get past.
package serve
