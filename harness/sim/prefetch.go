//go:build amd64 || arm64

package sim

// prefetch asks for the lines of [from, to) and does not wait for them. Any address will do but the
// very last lines of all memory.
//
//go:noescape
func prefetch(from, to uintptr)

// getg is the address of the runtime's record of the calling goroutine.
func getg() uintptr
