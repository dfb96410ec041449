// Package sqlite keeps what must outlive an agent's process in one SQLite file: a [resilience.Store] that survives kill -9
// and power cuts. The driver is pure Go (modernc.org/sqlite): nothing to install, no C compiler.
//
//	store, err := sqlite.Open("runs.db", sqlite.Options{Run: "2026-11-24"})
//
// The file is in WAL mode. Every method is one transaction: it happens whole or not at all, at whatever moment the process
// dies. How much is lost then depends on what dies:
//
//	                     the process (kill -9)    the machine (power cut, kernel panic)
//	default              nothing                  nothing
//	Options.Relaxed      nothing                  perhaps the last transactions; the file stays sound
//
// What is written is the operating system's when a transaction returns, and a killed process does not take it along: that
// much costs nothing. Only a machine that stops asks for more, synchronous=FULL, one fsync in every transaction, and that
// is the default, because a store that returns nil has promised to keep what it was given.
//
// Everything goes through one connection: SQLite has one writer at a time anyway, and who waits for a connection waits in
// order, where who waits for a lock asks again and again. Other processes may use the file at the same time, each task in
// one of them; the file must be on a local disk, as WAL needs shared memory.
package sqlite
