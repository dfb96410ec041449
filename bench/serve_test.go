package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/agentchaos/agentchaos/internal/acceptance"
	"github.com/stretchr/testify/require"
)

// The simulated providers over real HTTP, beside what net/http can do at the least, each in a process of its own, in turn.

const bareVariable = "AGENTCHAOS_BENCH_BARE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(bareVariable); dir != "" {
		plain, err := os.ReadFile(filepath.Join(dir, "plain"))
		stream, err2 := os.ReadFile(filepath.Join(dir, "stream"))
		if err == nil && err2 == nil {
			err = Bare(plain, stream)
		}
		fmt.Fprintln(os.Stderr, err, err2)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// served is the scenario: no latency, a short answer, and faults that leave connections open, so that what is measured is the
// server and not the dialling.
const served = `
version: 1
models: {openai/gpt-4o: {}}
agents: {a: {arrivals: {workers: 1}, steps: [model: {output_tokens: 20}]}}
policies: {p: {models: [openai/gpt-4o]}}
answers: [{say: "The order shipped on Tuesday and should arrive by Friday."}]
scenarios:
  s:
    agent: a
    tasks: 1
    policies: [p]
    faults:
      - {target: openai/*, kind: rate_limit, retry_after: 2s, when: {probability: 2%}}
      - {target: openai/*, kind: overloaded, when: {probability: 2%}}
      - {target: openai/*, kind: malformed, variant: html, when: {probability: 1%}}
`

const (
	plainBody  = `{"model":"gpt-4o","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Where is my order A-1042?"}],"temperature":0.2}`
	streamBody = `{"model":"gpt-4o","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Where is my order A-1042?"}],"stream":true}`
)

// process is a server in a process of its own.
type process struct {
	addr string
	pid  int
}

// start starts a server that says where it is.
func start(t *testing.T, says *regexp.Regexp, cmd *exec.Cmd) process {
	t.Helper()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	cmd.Stdout, cmd.Stderr = w, w
	require.NoError(t, cmd.Start())
	require.NoError(t, w.Close())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait(); _ = r.Close() })
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if m := says.FindString(lines.Text()); m != "" {
			go func() {
				for lines.Scan() { // what nobody reads must not hold it up
				}
			}()
			return process{m, cmd.Process.Pid}
		}
	}
	t.Fatalf("%v did not say where it is", cmd.Args)
	return process{}
}

var address = regexp.MustCompile(`127\.0\.0\.1:\d+`)

func startServe(t *testing.T) process {
	dir := t.TempDir()
	exe, file := filepath.Join(dir, "agentchaos"), filepath.Join(dir, "scenarios.yaml")
	build := exec.Command("go", "build", "-o", exe, "./cmd/agentchaos")
	build.Dir = ".."
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, os.WriteFile(file, []byte(served), 0o666))
	return start(t, address, exec.Command(exe, "serve", file, "--addr", "127.0.0.1:0"))
}

func startBare(t *testing.T, plain, stream []byte) process {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "plain"), plain, 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "stream"), stream, 0o666))
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), bareVariable+"="+dir)
	return start(t, address, cmd)
}

// cpu is the processor time that the process has used.
func (p process) cpu(t *testing.T) time.Duration {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	if err != nil {
		return 0 // not a Linux
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	user, err := strconv.Atoi(fields[11])
	require.NoError(t, err)
	system, err := strconv.Atoi(fields[12])
	require.NoError(t, err)
	return time.Duration(user+system) * 10 * time.Millisecond // of a hundredth of a second, on every Linux there is
}

// fetch is the body of a healthy answer.
func fetch(t *testing.T, addr, body string) []byte {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	defer c.Close()
	r := bufio.NewReader(c)
	for range 100 {
		_, err = c.Write(Post("/v1/chat/completions", addr, body))
		require.NoError(t, err)
		var b bytes.Buffer
		status, err := Answer(r, &b)
		require.NoError(t, err)
		if status == 200 && !bytes.HasPrefix(b.Bytes(), []byte("<")) {
			return b.Bytes()
		}
	}
	t.Fatal("no healthy answer in a hundred")
	return nil
}

// pace is what a server does under load.
type pace struct {
	rate float64 // answers a second
	cpu  time.Duration
}

func (p pace) String() string {
	if p.cpu == 0 {
		return fmt.Sprintf("%.0f/s", p.rate)
	}
	return fmt.Sprintf("%.0f/s, %v of the server's CPU each", p.rate, p.cpu.Round(100*time.Nanosecond))
}

// race lets two servers take turns, so that a busy machine slows both, and gives the best turn of each.
func race(t *testing.T, ours, bare process, path, barePath, body string) (a, b pace) {
	turns, each := 1, 100*time.Millisecond
	if *acceptance.Full {
		turns, each = 8, 2*time.Second
	}
	run := func(p process, path string, best *pace) {
		before, begin := p.cpu(t), time.Now()
		n, err := Load{Addr: p.addr, Request: Post(path, p.addr, body), Connections: 16}.Run(each)
		took := time.Since(begin)
		require.NoError(t, err)
		require.Positive(t, n)
		if rate := float64(n) / took.Seconds(); rate > best.rate {
			*best = pace{rate, (p.cpu(t) - before) / time.Duration(n)}
		}
	}
	for range turns {
		run(ours, path, &a)
		run(bare, barePath, &b)
	}
	return a, b
}

func TestAcceptServe(t *testing.T) {
	ours := startServe(t)
	stream := fetch(t, ours.addr, streamBody)
	bare := startBare(t, fetch(t, ours.addr, plainBody), stream)
	for _, x := range []struct {
		what, barePath, body string
		share                float64
	}{
		{"serve, a small plain answer, faults on, 16 connections", "/plain", plainBody, .60},
		{fmt.Sprintf("serve, streamed, a flush for each of %d events", bytes.Count(stream, []byte("\n\n"))), "/stream", streamBody, .85},
	} {
		a, b := race(t, ours, bare, "/v1/chat/completions", x.barePath, x.body)
		acceptance.Row(t, x.what, fmt.Sprintf("at least %.0f %% of the requests of a bare handler", 100*x.share),
			fmt.Sprintf("%.0f %%: %v to %v", 100*a.rate/b.rate, a, b), a.rate >= x.share*b.rate)
	}
}
