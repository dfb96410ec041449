// Package harness runs it all: it plays every cell (scenario × policy × seed) of a suite in a simulated world of its own,
// several side by side, and hands their sealed numbers to package report in a fixed order, so that the result is the same
// bytes whatever the number of workers.
package harness
