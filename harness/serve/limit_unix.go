//go:build unix

package serve

import "syscall"

// descriptors is how many files the process may have open.
func descriptors() int {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) != nil {
		return mostConnections
	}
	return int(min(uint64(l.Cur), mostConnections+spare)) //nolint:unconvert // signed on some systems
}
