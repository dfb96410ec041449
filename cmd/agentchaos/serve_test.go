package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos/harness/serve"
	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/stretchr/testify/require"
)

// served is tiny's like, with models that take no time.
const served = `version: 1
models: {openai/gpt: {}, anthropic/claude: {}}
agents: {one: {arrivals: {rate: 1/s}, steps: [{model: {output_tokens: 5}}]}}
policies: {bare: {models: [openai/gpt]}}
scenarios:
  first: {agent: one, about: Everything fails., faults: [{target: primary, kind: quota}, {target: tool/x, kind: tool_error}]}
  fine: {agent: one, about: Nothing fails.}
`

// heard is a stream that is written while it is read.
type heard struct {
	mu     sync.Mutex
	b      bytes.Buffer
	closed bool
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.Write(p)
}

func (h *heard) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	return nil
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.String()
}

// serving is the command, running.
type serving struct {
	out, err heard
	url      string
	stop     func() int
}

var anyURL = regexp.MustCompile(`http://[^\s/]+`)

func startServing(t *testing.T, args ...string) *serving {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "served.yaml"), []byte(served), 0o666))
	t.Chdir(dir)
	s := &serving{}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() {
		done <- execute(ctx, append([]string{"serve"}, args...), streams{strings.NewReader(""), &s.out, &s.err})
	}()
	s.stop = func() int { cancel(); return <-done }
	s.await(t, "Ctrl-C ends it")
	s.url = anyURL.FindString(s.err.String())
	return s
}

func (s *serving) await(t *testing.T, word string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(s.err.String(), word) }, time.Minute, time.Millisecond, "%q", word)
}

func ask(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.Post(url+"/chat/completions", "application/json", strings.NewReader(`{"model":"gpt","messages":[{"role":"user","content":"Hello"}]}`))
	require.NoError(t, err)
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return r.StatusCode, string(b)
}

func TestServe(t *testing.T) {
	s := startServing(t, "served.yaml", "--scenario", "f*t", "--addr", "127.0.0.1:0", "-v", "--log-format", "json", "--seed", "7")
	for _, word := range []string{"serves first (seed 7)", "primary: all requests fail as quota", "tool/x: ", "only models are spoken to over HTTP", "export OPENAI_BASE_URL=" + s.url + "/v1\n"} {
		require.Contains(t, s.err.String(), word)
	}
	require.NotContains(t, s.err.String(), "warning")
	status, body := ask(t, s.url+"/v1")
	require.Equal(t, 429, status)
	require.Contains(t, body, "insufficient_quota")
	ask(t, s.url)
	s.await(t, `"outcome":"quota"`)
	require.Zero(t, s.stop(), "stopped by a signal it has done its work")
	for _, word := range []string{"2 requests\n", "quota                    2", "retries: 1 (0 by an SDK, 1 that nobody counts), 0 early, 1 hopeless", "fault quota on primary: fired 2 times"} {
		require.Contains(t, s.err.String(), word)
	}
	require.Empty(t, s.out.String())
	require.False(t, s.out.closed)
}

// What is printed is what a shell evaluates, and standard output is let go, so that a substitution ends.
func TestServePrintsTheEnvironment(t *testing.T) {
	s := startServing(t, "served.yaml", "--scenario", "fine", "--addr", "127.0.0.1:0", "--print-env")
	require.Eventually(t, func() bool { s.out.mu.Lock(); defer s.out.mu.Unlock(); return s.out.closed }, time.Minute, time.Millisecond)
	sh := exec.Command("sh", "-c", s.out.String()+`printf '%s|' "$OPENAI_BASE_URL" "$ANTHROPIC_BASE_URL" "$OPENAI_API_KEY" "$NO_PROXY" "$no_proxy" "$AGENTCHAOS_URL"`)
	sh.Env = []string{"PATH=" + os.Getenv("PATH"), "NO_PROXY=intranet", "OPENAI_API_KEY=sk-real"}
	b, err := sh.CombinedOutput()
	require.NoError(t, err, string(b))
	require.Equal(t, s.url+"/v1|"+s.url+"|agentchaos|127.0.0.1,localhost,::1,intranet|127.0.0.1,localhost,::1|"+s.url+"|", string(b))
	status, _ := ask(t, s.url+"/v1")
	require.Equal(t, 200, status, "it serves on")
	require.Zero(t, s.stop())
}

func TestServeWarnsOfStrangers(t *testing.T) {
	s := startServing(t, "served.yaml", "--scenario", "fine", "--addr", "0.0.0.0:0", "--admin", "127.0.0.1:0")
	require.Contains(t, s.err.String(), "warning: ")
	require.Contains(t, s.url, "http://127.0.0.1:", "an agent on this machine goes there")
	require.Contains(t, s.err.String(), "metrics: http://127.0.0.1:")
	require.Zero(t, s.stop())
}

func TestServeRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "served.yaml"), []byte(served), 0o666))
	t.Chdir(dir)
	for _, c := range []struct {
		name, args string
		says       []string
	}{
		{"several scenarios", "served.yaml", []string{"served.yaml has 2 scenarios", "--scenario NAME", "first               Everything fails.", "fine "}},
		{"the built-in ones for one vendor", "", []string{"those of the built-in suite that need one vendor", "partial-outage"}},
		{"a glob for several", "served.yaml --scenario fi*", []string{"matches 2 scenarios", "first", "fine"}},
		{"a name for none", "served.yaml --scenario fien", []string{`did you mean "fine"?`}},
		{"no glob", "served.yaml --scenario [", []string{"is no glob"}},
		{"a port that is taken", "served.yaml --scenario fine --addr " + taken.Addr().String(), []string{"address already in use", "127.0.0.1:0 picks a free port"}},
		{"an admin port that is taken", "served.yaml --scenario fine --addr 127.0.0.1:0 --admin " + taken.Addr().String(), []string{"--admin", "address already in use"}},
		{"no address", "served.yaml --scenario fine --addr nonsense", []string{"missing port", "HOST:PORT"}},
		{"another machine's address", "served.yaml --scenario fine --addr 192.0.2.1:80", []string{"cannot assign requested address", "none of this machine's"}},
		{"standing still", "served.yaml --scenario fine --time-scale 0", []string{"--time-scale 0", "above 0"}},
		{"no scale", "served.yaml --scenario fine --time-scale NaN", []string{"--time-scale NaN"}},
		{"a log", "served.yaml --log-format xml", []string{"text, json"}},
		{"what comes with exec", "served.yaml --record x", []string{"--record is not in this version yet (it comes with Exec)"}},
		{"a scenario where a file belongs", "partial-outage", []string{"no such file", "that is a scenario: --scenario partial-outage"}},
		{"a policy", "served.yaml --policy bare", []string{"unknown flag: --policy"}},
		{"a bad setting", "served.yaml --scenario fine --set scenarios.fine.agnet=one", []string{"agent"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := here(t, "", append([]string{"serve"}, strings.Fields(c.args)...)...)
			require.Equal(t, 2, r.code, r.err)
			for _, word := range c.says {
				require.Contains(t, r.err, word)
			}
		})
	}
}

// asMain makes this test's program the command itself.
const asMain = "AGENTCHAOS_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// A real process, in the pattern that its help shows: evaluated, used, and stopped by signals.
func TestServeInTheBackgroundOfAShell(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "served.yaml"), []byte(served), 0o666))
	program, err := os.Executable()
	require.NoError(t, err)
	for _, signal := range []string{"TERM", "INT"} {
		sh := exec.Command("sh", "-c", `eval "$("$0" serve served.yaml --scenario fine --addr 127.0.0.1:0 --print-env 2>err.txt &)"
kill -0 "$AGENTCHAOS_PID" && printf '%s %s' "$AGENTCHAOS_PID" "$OPENAI_BASE_URL"`, program)
		sh.Dir = dir
		sh.Env = append(os.Environ(), asMain+"=1")
		b, err := sh.CombinedOutput()
		require.NoError(t, err, string(b))
		pid, url, _ := strings.Cut(string(b), " ")
		status, _ := ask(t, url)
		require.Equal(t, 200, status)
		require.NoError(t, exec.Command("kill", "-"+signal, pid).Run())
		said := func() string { b, _ := os.ReadFile(filepath.Join(dir, "err.txt")); return string(b) }
		require.Eventually(t, func() bool { return strings.Contains(said(), "1 request\n") }, time.Minute, time.Millisecond, said())
	}
}

// A server that does not start must not leave the agent to the user's own keys: the pattern of the help stops the script.
func TestTheHelpsPatternStopsWhereNothingServes(t *testing.T) {
	long := serveCommand(streams{}).Long
	require.Contains(t, long, `: "${AGENTCHAOS_PID:?}"`)
	sh := exec.Command("sh", "-c", `eval "$("$0" serve --scenario nonsense --print-env &)"
: "${AGENTCHAOS_PID:?}"
echo the agent`, os.Args[0])
	sh.Dir = t.TempDir()
	sh.Env = append(os.Environ(), asMain+"=1")
	b, err := sh.Output()
	require.Error(t, err)
	require.Empty(t, string(b))
}

// Ctrl-C in the foreground is the usual end, and its code is that of success.
func TestServeExitsWithZero(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "served.yaml"), []byte(served), 0o666))
	program, err := os.Executable()
	require.NoError(t, err)
	c := exec.Command(program, "serve", "served.yaml", "--scenario", "fine", "--addr", "127.0.0.1:0")
	c.Dir = dir
	c.Env = append(os.Environ(), asMain+"=1")
	var said heard
	c.Stderr = &said
	require.NoError(t, c.Start())
	require.Eventually(t, func() bool { return strings.Contains(said.String(), "Ctrl-C") }, time.Minute, time.Millisecond)
	require.NoError(t, c.Process.Signal(syscall.SIGINT))
	require.NoError(t, c.Wait())
}

// What takes a while says so: a fault that waits for its time, and a stop that waits for what is in flight.
func TestServeSaysWhatItWaitsFor(t *testing.T) {
	name := filepath.Join(t.TempDir(), "later.yaml")
	later := strings.Replace(served, "kind: quota}", "kind: unavailable, delay: 500ms, when: {until: 1h}}", 1)
	require.NoError(t, os.WriteFile(name, []byte(later), 0o666))
	s := startServing(t, name, "--scenario", "first", "--addr", "127.0.0.1:0")
	require.Contains(t, s.err.String(), "times count from the first request\n")
	status := make(chan int)
	go func() { n, _ := ask(t, s.url); status <- n }()
	require.Eventually(t, func() bool {
		r, err := http.Get(s.url + "/metrics")
		require.NoError(t, err)
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		return strings.Contains(string(b), "requests_in_flight 1")
	}, time.Minute, time.Millisecond)
	require.Zero(t, s.stop())
	require.Equal(t, 500, <-status)
	require.Contains(t, s.err.String(), "stopping: 1 request in flight, at most 10s to go")
}

func TestServeSaysNothingOfWhatItDoesNotWaitFor(t *testing.T) {
	s := startServing(t, "served.yaml", "--scenario", "first", "--addr", "127.0.0.1:0")
	require.Zero(t, s.stop())
	require.NotContains(t, s.err.String(), "times count")
	require.NotContains(t, s.err.String(), "stopping")
}

// The parts are all there is: a retry that a header names is neither an SDK's nor a loop's.
func TestFarewellAddsUp(t *testing.T) {
	var b bytes.Buffer
	farewell(&b, serve.Counts{Received: 9, Retries: map[wire.Sort]int{wire.SDK: 1, wire.Outer: 2, wire.Named: 4}, Early: 3})
	require.Contains(t, b.String(), "retries: 7 (1 by an SDK, 2 that nobody counts, 4 named by a header), 3 early, 0 hopeless\n")
}

// The file of docs/wire.md can be served as it stands there, and its settings for the command too.
func TestPageOfWireIsTrue(t *testing.T) {
	page, err := os.ReadFile("../../docs/wire.md")
	require.NoError(t, err)
	_, block, _ := strings.Cut(string(page), "```yaml\n")
	block, _, _ = strings.Cut(block, "```")
	name := filepath.Join(t.TempDir(), "page.yaml")
	require.NoError(t, os.WriteFile(name, []byte(block), 0o666))
	s := startServing(t, name, "--addr", "127.0.0.1:0")
	require.Contains(t, s.err.String(), "serves mine")
	require.NotContains(t, s.err.String(), "times count", "at once")
	require.Zero(t, s.stop())
	_, set, _ := strings.Cut(string(page), "`--set '")
	set, _, _ = strings.Cut(set, "'")
	s = startServing(t, "--scenario", "partial-outage", "--addr", "127.0.0.1:0", "--set", set)
	require.Contains(t, s.err.String(), "primary: 40% of the requests fail as unavailable\n")
	require.Zero(t, s.stop())
}
