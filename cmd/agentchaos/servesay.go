package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"slices"
	"strings"
	"syscall"

	"github.com/agentchaos/agentchaos/faults"
	"github.com/agentchaos/agentchaos/harness/serve"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/agentchaos/agentchaos/scenarios"
)

// listen opens an address, or says what is wrong with it.
func listen(flag, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	hint := "an address is HOST:PORT, such as " + serveAddr + "; port 0 picks a free one"
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		hint = "is another agentchaos serve still running? --" + flag + " 127.0.0.1:0 picks a free port"
	case errors.Is(err, fs.ErrPermission):
		hint = "ports below 1024 are for root: --" + flag + " " + serveAddr
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		hint = "that is none of this machine's addresses: --" + flag + " " + serveAddr
	}
	return nil, usagef(hint, "--%s %s: %v", flag, addr, cause(err))
}

// cause is what is wrong, without what was tried, which stands before it.
func cause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// greet says what is served, where, and how it ends.
func greet(w io.Writer, sc *scenarios.Scenario, suite *scenarios.Suite, addr net.Addr, admin net.Listener) {
	url := serve.URL(addr)
	fmt.Fprintf(w, "agentchaos serves %s (seed %d) on %s\n", sc.Name, suite.Seed, url)
	for _, line := range serve.FaultLines(sc) {
		fmt.Fprintf(w, "  %s\n", line)
	}
	if timed(sc) {
		fmt.Fprintln(w, "  times count from the first request")
	}
	if admin != nil {
		fmt.Fprintf(w, "metrics: %s/metrics\n", serve.URL(admin.Addr()))
		warnOfStrangers(w, admin.Addr())
	}
	warnOfStrangers(w, addr)
	fmt.Fprintln(w)
	_ = serve.WriteExports(w, url)
	fmt.Fprintln(w, "\nCtrl-C ends it: requests in flight have 10s to finish, a second Ctrl-C ends it at once.")
}

// timed reports whether a fault waits for its time: who sees none at once must not think that there is none.
func timed(sc *scenarios.Scenario) bool {
	return slices.ContainsFunc(sc.Faults, func(r faults.Rule) bool { return r.When.From > 0 || r.When.Until > 0 })
}

// stopping says why it takes a while.
func stopping(w io.Writer, inFlight int) {
	if inFlight > 0 {
		fmt.Fprintf(w, "\nstopping: %s in flight, at most 10s to go; Ctrl-C ends it at once\n", many(inFlight, "request"))
	}
}

func warnOfStrangers(w io.Writer, a net.Addr) {
	if tcp, ok := a.(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		fmt.Fprintf(w, "warning: %s is not this machine's own: whoever reaches it can use it\n", a)
	}
}

// farewell is what has been.
func farewell(w io.Writer, n serve.Counts) {
	fmt.Fprintf(w, "\n%s", many(n.Received, "request"))
	var rest []string
	for _, x := range []struct {
		n    int
		what string
	}{{sum(n.Refused), "not understood"}, {n.Unread, "unread"}, {n.Aside, "aside"}, {n.Broken, "broken by a defect of agentchaos"}} {
		if x.n > 0 {
			rest = append(rest, fmt.Sprintf("%d %s", x.n, x.what))
		}
	}
	if len(rest) > 0 {
		fmt.Fprintf(w, ", of which %s", strings.Join(rest, ", "))
	}
	fmt.Fprintln(w)
	for _, outcome := range slices.Sorted(maps.Keys(n.Requests)) {
		fmt.Fprintf(w, "  %-18s %7d\n", outcome, n.Requests[outcome])
	}
	if retries := sum(n.Retries); retries > 0 {
		named := ""
		if n := n.Retries[wire.Named]; n > 0 {
			named = fmt.Sprintf(", %d named by a header", n)
		}
		fmt.Fprintf(w, "retries: %d (%d by an SDK, %d that nobody counts%s), %d early, %d hopeless\n",
			retries, n.Retries[wire.SDK], n.Retries[wire.Outer], named, n.Early, n.Hopeless)
	}
	for _, f := range n.Faults {
		fmt.Fprintf(w, "fault %s: fired %s\n", f.Fault, many(f.Times, "time"))
	}
}

func sum[K comparable](m map[K]int) (n int) {
	for _, x := range m {
		n += x
	}
	return n
}
