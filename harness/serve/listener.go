package serve

import (
	"net"
	"net/http"
	"sync"
)

// mostConnections at a time, unless the process may not have so many; spare descriptors are for everything else.
const mostConnections, spare = 20_000, 64

func usualConnections() int { return max(16, min(mostConnections, descriptors()-spare)) }

// limited is a listener that does not accept more than it has places for. A place is free again when net/http says that the
// connection has ended, so that connections are what they are: a reset needs the real one.
type limited struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	once   sync.Once
}

func limit(l net.Listener, n int) *limited {
	return &limited{Listener: l, places: make(chan struct{}, n), closed: make(chan struct{})}
}

// Accept waits for a place, then for a connection.
func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.places
	}
	return conn, err
}

// Close also ends the wait for a place.
func (l *limited) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// state is for http.Server.ConnState.
func (l *limited) state(_ net.Conn, s http.ConnState) {
	if s == http.StateClosed || s == http.StateHijacked {
		<-l.places
	}
}
