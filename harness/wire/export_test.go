package wire

import "io"

// Events reads server-sent events.
func Events(r io.Reader) func() (name string, data []byte, err error) { return newEvents(r).next }
