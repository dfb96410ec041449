package bench

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
)

// Bare is what net/http can do at the least: a handler that returns fixed bytes, and at /stream one that flushes each event of
// a fixed stream. It prints its address and serves until it is killed.
func Bare(plain, stream []byte) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var events [][]byte
	for _, e := range strings.SplitAfter(string(stream), "\n\n") {
		if e != "" {
			events = append(events, []byte(e))
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/plain", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(plain)
	})
	mux.HandleFunc("/stream", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, e := range events {
			_, _ = w.Write(e)
			w.(http.Flusher).Flush()
		}
	})
	fmt.Fprintln(os.Stdout, l.Addr())
	return http.Serve(l, mux)
}
