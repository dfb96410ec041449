//go:build unix

package main

import (
	"io/fs"
	"syscall"
)

// umask is the process's; reading it means setting it.
func umask() fs.FileMode {
	m := syscall.Umask(0)
	syscall.Umask(m)
	return fs.FileMode(m)
}
